import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { hrefOf } from "../../ui/route";
import type { UnansweredView } from "../../wire";
import { usePlace } from "../person";

/** Questions that no rule answered, the most asked first, with the way to a rule. */
export function InVain({ questions }: { questions: readonly UnansweredView[] }) {
  const { t } = useTranslation();
  const place = usePlace();
  const most = questions[0]?.asked ?? 1;
  return (
    <section className="in-vain" aria-labelledby="in-vain-title">
      <header>
        <h2 id="in-vain-title">{t("overview.unanswered")}</h2>
        {place.role === "owner" && questions.length > 0 && (
          <Button size="small" href={hrefOf(place.handle, "rules")}>
            {t("overview.writeRule")}
          </Button>
        )}
      </header>
      {questions.length === 0 ? (
        <p className="soft">{t("overview.unansweredNone")}</p>
      ) : (
        <>
          <p className="soft">{t("overview.unansweredHow")}</p>
          <ol>
            {questions.map((one) => (
              <li key={one.text}>
                <span
                  className="in-vain-bar"
                  style={{ inlineSize: `${(100 * one.asked) / most}%` }}
                  aria-hidden="true"
                />
                <span>{one.text}</span>
                <span className="soft">{t("overview.asked", { count: one.asked })}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
