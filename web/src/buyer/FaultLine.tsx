/** What went wrong, told at once; nothing where nothing did. */
export function FaultLine({ fault }: { fault: string | null }) {
  return fault === null ? null : (
    <p className="fault" role="alert">
      {fault}
    </p>
  );
}
