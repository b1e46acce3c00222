import { Bubble, Card, CardActions, CardContent, CardText, CardTitle } from "../ui/chatui";
import { useTranslation } from "react-i18next";

import { useHub } from "../ui/context";
import { hrefOf } from "../ui/route";
import type { Bodies, WireMessage } from "../wire";
import { Linked } from "./Linked";
import { Picture, Video } from "./Picture";
import { useStance } from "./stance";
import { Voice } from "./Voice";

/** What a message says, by its kind; plain text for a kind that this page does not know. */
export function MessageBody({ message, conversation }: { message: WireMessage; conversation: string }) {
  const { t } = useTranslation();
  switch (message.kind) {
    case "text":
      return (
        <Bubble>
          <Linked text={message.body.text} />
        </Bubble>
      );
    case "image":
      return <Picture body={message.body} />;
    case "voice":
      return <Voice body={message.body} />;
    case "video":
      return <Video body={message.body} />;
    case "card":
      return <CardView body={message.body} />;
    case "choices":
      return <Choices body={message.body} conversation={conversation} />;
    default:
      return <Bubble>{t("chat.unknown", { text: (message as WireMessage).fallback })}</Bubble>;
  }
}

function CardView({ body }: { body: Bodies["card"] }) {
  const { t } = useTranslation();
  const group = body.ref?.startsWith("group:") === true ? body.ref.slice("group:".length) : "";
  const image = body.image?.startsWith("https://") === true ? body.image : null;
  return (
    <Card>
      {image !== null && <img className="card-image" src={image} alt="" loading="lazy" referrerPolicy="no-referrer" />}
      <CardTitle title={body.title} />
      {(body.text ?? body.price ?? "") !== "" && (
        <CardContent>
          {typeof body.text === "string" && <CardText>{body.text}</CardText>}
          {typeof body.price === "string" && <p className="card-price">{priceOf(body.price)}</p>}
        </CardContent>
      )}
      {(typeof body.url === "string" || group !== "") && (
        <CardActions>
          {group !== "" && (
            <a className="button main" href={hrefOf("g", group)}>
              {t("group.view")}
            </a>
          )}
          {typeof body.url === "string" && (
            <a className="button" href={body.url} target="_blank" rel="noopener noreferrer">
              {t("chat.open")}
            </a>
          )}
        </CardActions>
      )}
    </Card>
  );
}

/** A price as the shop wrote it; a plain number is in the currency of the shop's country. */
function priceOf(price: string): string {
  return /^\d+(\.\d+)?$/.test(price) ? `¥${price}` : price;
}

function Choices({ body, conversation }: { body: Bodies["choices"]; conversation: string }) {
  const { t } = useTranslation();
  const hub = useHub();
  const { choose } = useStance();
  return (
    <div className="choices">
      <Bubble>
        <Linked text={body.text} />
      </Bubble>
      <ul>
        {body.choices.map((choice, at) => (
          // Two choices may read the same: their place tells them apart, and it never changes.
          <li key={at}>
            <button
              type="button"
              aria-label={t("chat.choose", { label: choice.label })}
              disabled={!choose}
              onClick={() => hub.send(conversation, "text", { text: choice.send })}
            >
              {choice.label}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
