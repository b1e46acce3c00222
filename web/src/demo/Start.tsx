import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { DemoPerson, Entered } from "../hub/demo";
import { enterDemo } from "../hub/demo";
import { faultOf } from "../hub/fault";
import { StaffTokens } from "../hub/staff";
import icon from "../ui/icon.svg";
import { languageNow } from "../ui/taste";
import { Tastes } from "../ui/Tastes";

/** The demo's front door: be a buyer, or somebody of the staff. */
export function Start() {
  const { t } = useTranslation();
  const [door, setDoor] = useState<Entered | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    enterDemo(languageNow()).then(setDoor, (thrown: unknown) => setFault(faultOf(thrown).fault?.message ?? ""));
  }, []);
  const beStaff = async (person: DemoPerson) => {
    try {
      await new StaffTokens(languageNow).signIn(person.login, person.password);
      location.assign("/console");
    } catch (thrown) {
      setFault(faultOf(thrown).fault?.message ?? t("lost"));
    }
  };
  return (
    <div className="gate">
      <main>
        <h1>
          <img src={icon} alt="" />
          {t("demo.title", { shop: door?.name ?? "Weihub" })}
        </h1>
        <p className="soft">{t("demo.about")}</p>
        {fault !== null && (
          <p className="fault" role="alert">
            {t("demo.failed", { message: fault === "" ? t("lost") : fault })}
          </p>
        )}
        {door === null && fault === null && <p role="status">{t("loading")}</p>}
        {door !== null && (
          <>
            <button
              type="button"
              className="choice main"
              onClick={() => location.assign(`/#token=${door.token}&account=${door.account}`)}
            >
              <strong>{t("demo.buyer")}</strong>
              <small>{t("demo.buyerSays")}</small>
            </button>
            {door.staff.map((person) => (
              <button key={person.login} type="button" className="choice" onClick={() => void beStaff(person)}>
                <strong>{t("demo.as", { role: t(`role.${person.role}`), name: person.name })}</strong>
                <small>{t("demo.staffSays", { login: person.login, password: person.password })}</small>
              </button>
            ))}
          </>
        )}
        <Tastes />
      </main>
    </div>
  );
}
