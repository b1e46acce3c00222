import { Component } from "react";
import { useTranslation } from "react-i18next";

/** A room that fails leaves the others standing, and says what failed. */
export class Broken extends Component<{ children: React.ReactNode }, { fault: Error | null }> {
  override state: { fault: Error | null } = { fault: null };

  static getDerivedStateFromError(thrown: unknown): { fault: Error } {
    return { fault: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render(): React.ReactNode {
    return this.state.fault === null ? this.props.children : <Sorry fault={this.state.fault} />;
  }
}

function Sorry({ fault }: { fault: Error }) {
  const { t } = useTranslation();
  return (
    <div className="nothing-yet" role="alert">
      <h1>{t("console.broken")}</h1>
      <p>{t("console.brokenHow")}</p>
      <pre>{fault.message}</pre>
      <button type="button" className="button main" onClick={() => globalThis.location.reload()}>
        {t("console.reload")}
      </button>
    </div>
  );
}
