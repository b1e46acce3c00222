import { Avatar } from "../talk/Avatar";
import { hrefOf } from "../ui/route";
import type { AccountCard } from "../wire";

/** Accounts as rows that lead to their pages. */
export function Cards({ cards, current = "" }: { cards: readonly AccountCard[]; current?: string }) {
  return (
    <ul className="rows">
      {cards.map((card) => (
        <li key={card.id}>
          <a
            className="row"
            href={hrefOf("a", card.handle)}
            aria-current={card.handle === current ? "page" : undefined}
          >
            <Avatar name={card.name} src={card.avatar} />
            <span className="row-middle">
              <span className="row-title">{card.name}</span>
              <span className="row-text">
                <span className="row-said">{card.about}</span>
              </span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
