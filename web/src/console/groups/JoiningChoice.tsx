import { useTranslation } from "react-i18next";

import type { Joining } from "../../wire";
import { Choice } from "../parts/Inputs";

/** How a follower comes in, the easiest first. */
const JOININGS: readonly Joining[] = ["open", "approval", "invitation"];

/** How one comes into a group. */
export function JoiningChoice({
  value,
  disabled = false,
  onChange,
}: {
  value: Joining;
  disabled?: boolean;
  onChange: (joining: Joining) => void;
}) {
  const { t } = useTranslation();
  return (
    <Choice
      legend={t("groups.settings.joining")}
      value={value}
      disabled={disabled}
      onChange={onChange}
      options={JOININGS.map((one) => ({
        value: one,
        label: t(`groups.joining.${one}`),
        says: t(`groups.joiningSays.${one}`),
      }))}
    />
  );
}
