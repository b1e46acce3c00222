import { Button } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Ask, ConfirmContext, type Question } from "./confirm";
import { Dialog } from "./Dialog";

interface Asked {
  question: Question;
  answer: (wants: boolean) => void;
}

/** Asks what `useConfirm` wants to know, one question at a time. */
export function Confirming({ children }: { children: React.ReactNode }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked | null>(null);
  const ask = useCallback<Ask>(
    (question) =>
      new Promise((resolve) => {
        const answer = (wants: boolean) => {
          setAsked(null);
          resolve(wants);
        };
        setAsked({ question, answer });
      }),
    [],
  );
  return (
    <ConfirmContext value={ask}>
      {children}
      {asked !== null && (
        <Dialog title={asked.question.title} onClose={() => asked.answer(false)}>
          {asked.question.text !== undefined && <p>{asked.question.text}</p>}
          <div className="dialog-acts">
            <Button onClick={() => asked.answer(false)}>{t("cancel")}</Button>
            <Button danger type="primary" onClick={() => asked.answer(true)}>
              {asked.question.does}
            </Button>
          </div>
        </Dialog>
      )}
    </ConfirmContext>
  );
}
