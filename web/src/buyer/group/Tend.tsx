import { useChosen, useHub } from "../../ui/context";
import type { GroupView, WireMessage } from "../../wire";
import { Measures } from "./Measures";
import { measuresFor, type Somebody, take } from "./against";

interface TendProps {
  view: GroupView;
  person: Somebody;
  /** What they wrote, where it is about that. */
  said?: WireMessage;
  onClose: () => void;
  onDone?: () => void;
}

/** What who moderates a group does to somebody of it. */
export function Tend({ view, person, said, onClose, onDone }: TendProps) {
  const hub = useHub();
  const me = useChosen((state) => state.me?.id ?? "");
  return (
    <Measures
      name={person.name}
      about={said !== undefined && <p className="report-what">{said.fallback}</p>}
      since={said?.at}
      measures={measuresFor(view.role, person, me)}
      take={(wish) => take(hub, view.id, person.id, wish)}
      onClose={onClose}
      onDone={onDone}
    />
  );
}
