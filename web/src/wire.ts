// The vocabulary of the wire, made from the hub's own types by `python -m channels.typescript` (`make wire`). Not to be edited by hand.

/** The codes of errors; what else belongs to one is told in docs/errors.md. */
export type ErrorCode =
  | "banned"
  | "blocked"
  | "closed"
  | "conflict"
  | "forbidden"
  | "invalid"
  | "muted"
  | "not_following"
  | "not_found"
  | "not_member"
  | "quota"
  | "rate_limited"
  | "slow_mode"
  | "too_large"
  | "unauthenticated"
  | "unavailable";

/** What the hub refuses with; `message` is a sentence for a person, in their language. */
export interface Fault {
  code: ErrorCode;
  message: string;
  path?: string;
  retry_after?: number;
  [more: string]: unknown;
}

/** An account as the caller finds it. `role` is what they are to it; `version` is for `If-Match`. */
export interface Account {
  id: string;
  handle: string;
  name: string;
  kind: "expert" | "media" | "seller";
  about: string;
  avatar: string | null;
  cover: string | null;
  hours: Hours | null;
  chat_open: ChatOpen;
  created_at: string;
  version: number;
  role: Role;
  following: boolean;
  muted: boolean;
}

/** An account in a list. */
export interface AccountCard {
  id: string;
  handle: string;
  name: string;
  kind: "expert" | "media" | "seller";
  about: string;
  avatar: string | null;
}

/** Changes of an account: what is absent stays as it is; null empties an avatar, a cover or the hours. */
export interface AccountChanges {
  name?: string;
  kind?: "expert" | "media" | "seller";
  about?: string;
  avatar?: string | null;
  cover?: string | null;
  hours?: Hours | null;
  chat_open?: ChatOpen;
}

/** A page of accounts in the order of handles. */
export interface AccountPage {
  items: AccountCard[];
  cursor: string | null;
}

/** What is reported of an account: something it wrote in the caller's direct conversation with it, or the account as such; and why. */
export interface AccountReport {
  seq?: number | null;
  reason: "abuse" | "adult" | "fraud" | "other" | "spam";
  note?: string;
}

/** What to look for in names and handles, and where the page begins. */
export interface AccountSearch {
  cursor?: string | null;
  limit?: number;
  query?: string;
}

/** An account as everyone sees it. */
export interface AccountView {
  id: string;
  handle: string;
  name: string;
  kind: string;
  about: string;
  chat_open: string;
  version: number;
  avatar?: string | null;
  cover?: string | null;
  hours?: Hours | null;
}

/** An announcement; an empty one takes down what stands there. */
export interface AnnounceRequest {
  text: string;
}

/** What is announced, by whom and when. */
export interface Announcement {
  text: string;
  by: string;
  at: string;
}

/** Who answered: the rules that spoke, or that were offered where it asked back; none where it was silent. */
export interface Answer {
  outcome: "answer" | "choices" | "hand_off" | "silent";
  rules: string[];
}

/** A page of appeals. */
export interface AppealPage {
  items: AppealView[];
  cursor: string | null;
}

/** An appeal with everything that was said, at most 20 messages. */
export interface AppealThread {
  appeal: AppealView;
  items: SaidView[];
}

/** An appeal. `imposed_by`: by whose hand the sanction is, the id, for who judges; null for the person themselves. `sole`: whoever imposed it is the only one who could hear it. `may_judge`: the caller may answer and decide. */
export interface AppealView {
  id: string;
  group: string;
  group_name: string;
  person: PersonView;
  against: SanctionedView;
  imposed_by: string | null;
  state: "lifted" | "open" | "upheld";
  at: string;
  messages: number;
  sole: boolean;
  may_judge: boolean;
  decided: RulingView | null;
}

/** What the caller says against their sanction: the ban, or the mute, whichever is in force where none is named. */
export interface Appealing {
  text: string;
  kind?: "ban" | "mute" | null;
}

/** Which appeals: of those the caller judges the ones in this state; or `mine`, their own in any state, as for who judges nothing. */
export interface AppealsQuery {
  cursor?: string | null;
  limit?: number;
  state?: "lifted" | "open" | "upheld";
  mine?: boolean;
}

/** Somebody who asks to be let in. */
export interface Asking {
  person: PersonView;
  answer: string;
  at: string;
}

/** A page of those who ask, the longest wait first. */
export interface AskingPage {
  items: Asking[];
  cursor: string | null;
}

/** Whom a rule is for: buyers with any of these tags; no tags means everyone. */
export interface Audience {
  tags?: string[];
}

/** Who wrote a message. */
export interface Author {
  id: string;
  name: string;
  role: string;
}

/** On automatic replies: the rule, the seq it answers, the version of the rule set. */
export interface AutoMark {
  rule: string;
  rule_name: string;
  cause: number;
  version: number;
}

/** For how long (for good without it), and why. */
export interface Ban {
  seconds?: number | null;
  reason: string;
}

/** What one moderator did, by act; how many cases they decided, and after what time, in seconds, half of them. */
export interface ByModerator {
  person: string;
  name: string;
  acts: Record<string, number>;
  decided: number;
  median_decision_s: number | null;
}

/** A rule that was considered. `spans` are half-open, in code points of the text as it was written. `blocked` names the guard that kept it silent; otherwise `beaten_by` and `beaten_on` (priority, mode, length, score, id) say what spoke instead, and neither stands for a rule that spoke. */
export interface Candidate {
  rule: string;
  name: string;
  layer: string;
  priority?: number;
  mode?: Mode | null;
  pattern?: string;
  length?: number;
  score?: number;
  spans?: [number, number][];
  blocked?: Reason | null;
  beaten_by?: string | null;
  beaten_on?: string | null;
}

/** A page of canned replies in the order of titles. */
export interface CannedPage {
  items: CannedView[];
  cursor: string | null;
}

/** A reply to keep ready. */
export interface CannedRequest {
  title: string;
  text: string;
}

/** A reply that is kept ready. */
export interface CannedView {
  id: string;
  title: string;
  text: string;
  at: string;
}

/** A product, an order or a link. */
export interface CardBody {
  title: string;
  text?: string | null;
  image?: string | null;
  url?: string | null;
  price?: string | null;
  ref?: string | null;
}

/** A product, an order or a link; `title` and `text` are templates. */
export interface CardMessage {
  kind: "card";
  title: string;
  text?: string | null;
  image?: string | null;
  url?: string | null;
  price?: string | null;
  ref?: string | null;
}

/** A case with a page of what is kept of it, the newest first. */
export interface CaseDetail {
  case: CaseView;
  signals: ProvenSignal[];
  cursor: string | null;
}

/** A page of cases, the weightiest first. */
export interface CasePage {
  items: CaseView[];
  cursor: string | null;
}

/** Something that speaks against them. `by` is the reporter; `detail` is what the kind of signal tells, of a report `reason` and `note`. */
export interface CaseSignal {
  id: number;
  kind: "filter" | "flood" | "raid" | "repeat" | "report";
  at: string;
  by: PersonView | null;
  seq: number | null;
  held: string | null;
  text: string;
  detail: Record<string, unknown>;
}

/** A case. `reporters` are distinct; `counts` is by kind of signal; `suggested` is the next rung of the ladder. `waiting` are messages of theirs that wait for a moderator in the group, by their ids: the signals name them as `held`. */
export interface CaseView {
  id: string;
  group: string | null;
  state: "claimed" | "decided" | "open";
  offender: OffenderView;
  reporters: number;
  signals: number;
  counts: Record<string, number>;
  opened_at: string;
  latest_at: string;
  latest: CaseSignal[];
  suggested: Step | null;
  waiting: string[];
  claim: ClaimView | null;
  decision: DecisionView | null;
}

/** Which cases: `open` are in nobody's hands; a group of those that the caller judges. */
export interface CasesQuery {
  cursor?: string | null;
  limit?: number;
  state?: "claimed" | "decided" | "open";
  group?: string | null;
}

/** A conversation brought up to date; `limited`: there is more to pull. `changed`: what may have become of messages up to the cursor. */
export interface CaughtUp {
  conversation: string;
  head: number;
  read: number;
  seen: number;
  unread: number;
  messages: WireMessage[];
  limited: boolean;
  changed: Changed[];
}

/** A message was recalled or removed, or is there again: `restored`, to be pulled anew. `seqs`: all of them where they are several. */
export interface Changed {
  conversation: string;
  seq: number;
  change: string;
  by: string;
  seqs?: number[] | null;
}

/** With whom an account talks. */
export type ChatOpen = "everyone" | "followers";

/** A question with tappable answers. */
export interface ChoicesBody {
  text: string;
  choices: TalkChoice[];
}

/** A question with tappable answers; `text` is a template. */
export interface ChoicesMessage {
  kind: "choices";
  text: string;
  choices: ShapesChoice[];
}

/** In whose hands it is, and until when. */
export interface ClaimView {
  by: PersonView;
  until: string;
}

/** What kind of finding it is. */
export type Code = "answered_by_other" | "fault" | "hours_over" | "matches_everything" | "nearer_to_other" | "never_here" | "never_open" | "never_wins" | "no_group" | "no_team" | "none_cancels" | "not_all_checked" | "not_all_told" | "one_character" | "repeated" | "same_pattern" | "same_question" | "split_word";

/** A page of the caller's conversations, newest first. */
export interface ConversationPage {
  items: ConversationView[];
  cursor: string | null;
}

/** `typing`: a conversation. */
export interface ConversationRequest {
  conversation: string;
}

/** A conversation in the caller's list; `account` is a handle, `unread` counts up to 9,999. `seen`: up to where the other side has read; 0 in a group. */
export interface ConversationView {
  conversation: string;
  kind: "direct" | "group";
  account: string;
  title: string;
  head: number;
  read: number;
  seen: number;
  unread: number;
  last: WireMessage | null;
  muted: boolean;
}

/** What staff sign in with. */
export interface Credentials {
  login: string;
  password: string;
}

/** What happened on one day of the account's zone. `acts`: what moderators did. */
export interface Day {
  day: string;
  messages: number;
  joins: number;
  leaves: number;
  reports: number;
  filtered: number;
  held: number;
  blocked: number;
  floods: number;
  acts: number;
}

/** What became of the messages of one day. Each that was `heard` is one of the four that follow; `unanswered`: no rule knew the answer. */
export interface DayView {
  day: string;
  heard: number;
  answered: number;
  choices: number;
  handed_off: number;
  silent: number;
  unanswered: number;
}

/** Whether to let them in, and why not. */
export interface DecideRequest {
  approve: boolean;
  reason?: string;
}

/** What becomes of a message, and why; who refuses one says why. */
export interface Decision {
  approve: boolean;
  reason?: string;
}

/** What was decided: `until` of the sanction; `purged`: messages were removed with it. */
export interface DecisionView {
  act: "ban" | "dismiss" | "mute" | "remove" | "warn";
  by: PersonView;
  at: string;
  until: string | null;
  reason: string;
  purged: boolean;
  undone_by: PersonView | null;
  undone_at: string | null;
}

/** A conversation of the desk: how it stands, whose it is, its last seq, when somebody last wrote, and what. */
export interface DeskEntry {
  desk: DeskView;
  buyer: PersonView;
  head: number;
  last_at: string;
  waiting_since: string | null;
  last: LastSaid | null;
}

/** A page of an account's conversations, the latest message first. */
export interface DeskPage {
  items: DeskEntry[];
  cursor: string | null;
}

/** Conversations in one state or in any, of buyers whose name holds `name`; or `of=mine`: held by the caller; or `of=waiting`: who waits, the longest first. */
export interface DeskQuery {
  cursor?: string | null;
  limit?: number;
  state?: DeskState | null;
  name?: string;
  of?: "all" | "mine" | "waiting";
}

/** Who looks after a direct conversation. */
export type DeskState = "bot" | "closed" | "operator" | "waiting";

/** Where a conversation stands on the desk. */
export interface DeskView {
  conversation: string;
  account: string;
  state: string;
  operator?: Person | null;
  team?: string | null;
  position?: number | null;
  expected_wait_s?: number | null;
}

/** Two versions. */
export interface DiffQuery {
  before?: number | null;
  after?: number | null;
}

/** What `after` has and `before` has not, by id. 0 is before the first version, null the draft. `more` rules were left out. */
export interface DiffView {
  before: number;
  after: number | null;
  added: Named[];
  removed: Named[];
  changed: RuleChange[];
  vocabulary: MemberChange[];
  more: number;
}

/** Why the group ends. */
export interface DissolveRequest {
  reason: string;
}

/** The draft as it was saved. */
export interface DraftView {
  version: number;
  author: string;
  at: string;
}

/** The process goes away: reconnect after this, with jitter. */
export interface Drain {
  retry_after_ms: number;
}

/** A message as it stood then. `body` is absent where it is long and beside the point. */
export type EvidenceView = { [K in keyof Bodies]: { kind: K; body: Bodies[K] } }[keyof Bodies] & {
  seq: number;
  author: PersonView;
  role: string;
  text: string;
  at: string;
  recalled: boolean;
};

/** Which rules, and in which format. */
export interface ExportQuery {
  format: "csv" | "wechat" | "weihub" | "xlsx";
  source?: "draft" | "published";
  version?: number | null;
}

/** What a file of the rules would be called, and what becomes of each rule in it: only `wechat` cannot hold everything. */
export interface ExportView {
  format: "csv" | "wechat" | "weihub" | "xlsx";
  name: string;
  rows: Row[];
}

/** A group's days, the oldest first, and its moderators, the busiest first. */
export interface Figures {
  zone: string;
  days: Day[];
  moderators: ByModerator[];
  decided: number;
  median_decision_s: number | null;
}

/** The whole file, or the small still of a picture. */
export interface FileQuery {
  size?: "full" | "thumb";
}

/** A message that the list hit, at most 500 characters of it: what would become of it, and what spoke. */
export interface FilterExample {
  conversation: string;
  seq: number;
  at: string;
  text: string;
  action: string;
  signals: SignalView[];
}

/** A list without its words. `words` and `patterns` are how many it has, allowed words among them; `hits`: messages in the last seven days. */
export interface FilterListCard {
  id: string;
  name: string;
  action: "block" | "mask" | "review" | "shadow";
  way: Way;
  words: number;
  patterns: number;
  note: string;
  enabled: boolean;
  version: number;
  by: string;
  at: string;
  hits: number;
}

/** A list. `version` is for `If-Match`; `by` and `at` tell the last change. */
export interface FilterListView {
  id: string;
  name: string;
  action: "block" | "mask" | "review" | "shadow";
  way: Way;
  words: string[];
  patterns: string[];
  allow: string[];
  note: string;
  enabled: boolean;
  version: number;
  by: string;
  at: string;
}

/** The lists of an account as a whole, or of a group; the oldest first, at most 40. */
export interface FilterLists {
  items: FilterListCard[];
}

/** Of so many messages since then, how many the list hit (`share`: of all), and what would become of all without it and with it, by action. `complete`: none was left out for the limit of 20,000. At most 50 examples, the newest of the liveliest groups first. Nothing was written. */
export interface FilterTested {
  since: string;
  messages: number;
  complete: boolean;
  hits: number;
  share: number;
  before: Record<string, number>;
  after: Record<string, number>;
  examples: FilterExample[];
}

/** What a text would get: pass, mask, review or block; `score` in 0..1, higher = more likely unwanted. Nothing was counted. */
export interface FilterTried {
  action: string;
  score: number;
  signals: SignalView[];
}

/** What somebody who does not moderate might write. */
export interface FilterTryRequest {
  text: string;
}

/** One finding. `path` names the member, as in `rules[3].when.any[0]`; `rule` and `other` are ids of rules. `words`: what an account might add to its own words, so that the segmenter keeps it whole. */
export interface Finding {
  code: Code;
  severity: "error" | "hint" | "warning";
  path: string;
  rule?: string | null;
  other?: string | null;
  zh: string;
  en: string;
  words?: string[];
}

/** More than so many messages of one person in so many seconds are a flood; 0 for never. Who floods a `mute_after`th time within an hour is muted for `mute_s` seconds; 0 for never. */
export interface Flood {
  messages?: number;
  seconds?: number;
  mute_after?: number;
  mute_s?: number;
}

/** That the caller follows the account. */
export interface Follow {
  at: string;
  source: string;
  muted: boolean;
}

/** How the follower came. */
export interface FollowRequest {
  source?: string;
}

/** A page of followed accounts, newest first. */
export interface FollowedPage {
  items: FollowedView[];
  cursor: string | null;
}

/** An account the caller follows. */
export interface FollowedView {
  account: AccountCard;
  at: string;
  muted: boolean;
}

/** A page of followers, newest first. */
export interface FollowerPage {
  items: FollowerView[];
  cursor: string | null;
}

/** A follower's tags in alphabetical order, at most 50. */
export interface FollowerTagList {
  items: FollowerTagView[];
}

/** A tag of a follower: since when, and by whom: a member of staff, or `rule:` and the id of the rule. */
export interface FollowerTagView {
  tag: string;
  at: string;
  by: string;
}

/** A follower as the account sees them, with the tags it gave them. */
export interface FollowerView {
  person: PersonView;
  at: string;
  source: string;
  tags: string[];
}

/** A group in a list; `account` is an id. A group's id is that of its conversation. */
export interface GroupCard {
  id: string;
  account: string;
  name: string;
  about: string;
  cover: string | null;
  joining: Joining;
  members: number;
  capacity: number;
}

/** Changes of a group: what is absent stays as it is; null takes the cover away. */
export interface GroupChanges {
  name?: string;
  about?: string;
  cover?: string | null;
  rules?: string;
  joining?: Joining;
  question?: string;
  capacity?: number;
}

/** A page of groups. */
export interface GroupPage {
  items: GroupCard[];
  cursor: string | null;
}

/** `leave`: a group. */
export interface GroupRequest {
  group: string;
}

/** What somebody is in one group. Owners are the account's own; an outsider is anybody who is not in it. */
export type GroupRole = "bot" | "member" | "moderator" | "outsider" | "owner";

/** How many days, today included. */
export interface GroupStatsQuery {
  days?: number;
}

/** A group as the caller finds it. `version` is for `If-Match`; `invited`, `waiting`: whether they may just come, or wait to be let in. */
export interface GroupView {
  id: string;
  account: string;
  name: string;
  about: string;
  cover: string | null;
  rules: string;
  announcement: Announcement | null;
  joining: Joining;
  question: string;
  members: number;
  capacity: number;
  order: OrderView;
  version: number;
  created_at: string;
  dissolved_at: string | null;
  role: GroupRole;
  membership: Mine | null;
  invited: boolean;
  waiting: boolean;
}

/** A page of messages that wait, the longest wait first. */
export interface HeldPage {
  items: HeldView[];
  cursor: string | null;
}

/** A message that waits, or waited: what its author wrote, and why it waits. `seq`: where it stands since it was released. */
export type HeldView = { [K in keyof Bodies]: { kind: K; body: Bodies[K] } }[keyof Bodies] & {
  id: string;
  author: string;
  author_name: string;
  reply_to: number | null;
  text: string;
  signals: SignalView[];
  score: number;
  at: string;
  state: "refused" | "released" | "releasing" | "waiting";
  decided_by: string | null;
  decided_at: string | null;
  reason: string;
  seq: number | null;
};

/** Whom to hire, by login; the name is for a login that is new. */
export interface HireRequest {
  login: string;
  name: string;
  role: Role;
}

/** Who was hired; with a first password, told this once, when the login was new. */
export interface HiredView {
  person: PersonView;
  login: string;
  role: Role;
  password: string | null;
}

/** A page of what filters found, the newest first. `counts`: messages in the last seven days by list (own ones by id), `adverts` for the classifier. */
export interface HitPage {
  items: HitView[];
  cursor: string | null;
  counts: Record<string, number>;
}

/** A message that filters spoke about, as it was written. `action`: what became of it, or `shadow`. `held`: it waits, or waited, under this id. `case`: the undecided case against its author that it is in, where the caller judges it. */
export interface HitView {
  id: string;
  author: string;
  action: string;
  score: number;
  text: string;
  signals: SignalView[];
  at: string;
  held: string | null;
  seq: number | null;
  case: string | null;
}

/** Opening hours as their JSON says them; `compile_hours` makes them answer. */
export interface Hours {
  zone?: string;
  weekly?: Record<string, string[]>;
  holidays?: Record<string, string[]>;
  from?: string | null;
  until?: string | null;
}

/** A picture of the media store, with its size in pixels. */
export interface ImageBody {
  media: string;
  width: number;
  height: number;
  alt?: string | null;
}

/** A stored picture, with its size in pixels. */
export interface ImageMessage {
  kind: "image";
  media: string;
  width: number;
  height: number;
  alt?: string | null;
}

/** How a file is taken. */
export interface ImportQuery {
  format?: "csv" | "wechat" | "weihub" | "xlsx" | null;
  mode?: "merge" | "replace";
  dry?: boolean;
}

/** What came of a file: a row for everything there is to tell, at least one for each rule. `taken` rules are good. `version`, `author` and `at` are those of the draft; null where nothing was saved, because it was a trial or no rule is good. */
export interface ImportView {
  format: "csv" | "wechat" | "weihub" | "xlsx";
  taken: number;
  rows: Row[];
  version: number | null;
  author: string | null;
  at: string | null;
}

/** The answer to `inbox`: the caller's conversations, newest first. */
export interface Inbox {
  conversations: ConversationView[];
  cursor: string | null;
}

/** `inbox`: a page of the caller's conversations. */
export interface InboxRequest {
  cursor?: string | null;
}

/** The caller may come into this group until then. */
export interface InvitationView {
  group: GroupCard;
  by: string;
  at: string;
  expires_at: string;
}

/** What the caller is invited into, the newest first. */
export interface Invitations {
  items: InvitationView[];
}

/** What became of an invitation: a card was shown, or it was left out because of this. */
export interface Invited {
  group: string;
  left_out?: "banned" | "full" | "inside" | "no_group" | "not_following" | null;
}

/** The answer to `join`: the caller is in, and since when; or waits to be let in. */
export interface Joined {
  group: string;
  joined: boolean;
  joined_at: string | null;
}

/** How a follower comes in. */
export type Joining = "approval" | "invitation" | "open";

/** What becomes of who is reported. `seconds`: of a mute, and of a ban that ends. `purge_s`: what they wrote in so many seconds is removed too. `release` and `refuse`: messages of theirs that wait in the group, by their ids; each is decided by itself, after the case is. */
export interface Judgement {
  act: "ban" | "dismiss" | "mute" | "remove" | "warn";
  seconds?: number | null;
  reason: string;
  purge_s?: number | null;
  release?: string[];
  refuse?: string[];
}

/** The beginning of the last message, and in what capacity its author wrote it. */
export interface LastSaid {
  text: string;
  role: string;
}

/** Why it ends before its time; may be left out. */
export interface LiftRequest {
  reason?: string;
}

/** Which links are let through: `any` but the denied, only the `listed` (allowed), or `none`. A domain stands for those below it too. */
export interface LinkPolicy {
  mode?: "any" | "listed" | "none";
  allow?: string[];
  deny?: string[];
}

/** Rules to look at; without any, those of the draft. */
export interface LintRequest {
  rules?: Rule[] | null;
}

/** What was found, the worst first; `more` findings were left out. `rules`: how many were looked at, 0 where a fault kept them from being read. */
export interface LintView {
  findings: Finding[];
  more: number;
  rules: number;
}

/** A list as somebody writes it. `way`: how its words are compared; `allow`: words that pass, here and in every list beside it. */
export interface ListDraft {
  name: string;
  action: "block" | "mask" | "review" | "shadow";
  way?: Way;
  words?: string[];
  patterns?: string[];
  allow?: string[];
  note?: string;
  enabled?: boolean;
}

/** A list to be tried in the place of another one (`replaces`, its id), or beside all; over how many days. */
export interface ListTest {
  list: ListDraft;
  replaces?: string | null;
  days?: number;
}

/** Who did what to whom, why, until when; `ref` names what else it was about. */
export interface LogLine {
  id: number;
  at: string;
  act: string;
  actor: string;
  target: string | null;
  until: string | null;
  reason: string;
  ref: string;
}

/** A page of the log, the newest line first. */
export interface LogPage {
  items: LogLine[];
  cursor: string | null;
}

/** In which format, and of which time: from a moment to before another. */
export interface LogQuery {
  format: "csv" | "ndjson";
  from?: string | null;
  until?: string | null;
}

/** `look`: look at a conversation for the next half minute, or no more. */
export interface LookRequest {
  conversation: string;
  look: boolean;
}

/** Who of the staff looks at a conversation. */
export interface LookingView {
  conversation: string;
  looking: Person[];
}

/** The caller, and the accounts they work for. */
export interface Me {
  person: PersonView;
  staff: boolean;
  accounts: Workplace[];
}

/** A member of a rule that differs, such as `when.any`: its JSON in the one set and in the other. */
export interface MemberChange {
  member: string;
  before: unknown;
  after: unknown;
}

/** A page of members, whoever came first first. */
export interface MemberPage {
  items: MemberShown[];
  cursor: string | null;
}

/** What to look for in the names of members, and where the page begins. */
export interface MemberSearch {
  cursor?: string | null;
  limit?: number;
  query?: string;
}

/** A member; mutes are shown to moderators and to the muted. */
export interface MemberShown {
  person: PersonView;
  role: GroupRole;
  joined_at: string;
  muted_until: string | null;
}

/** Somebody came into a group or went, or something was done to them. */
export interface MemberView {
  group: string;
  person: string;
  change: string;
  until?: string | null;
  reason?: string | null;
  role?: string | null;
}

/** Messages, ascending by seq; `more` in the direction that was asked for. */
export interface MessageList {
  messages: WireMessage[];
  more: boolean;
}

/** A message posted to `conversations/{c}/messages`. */
export type MessageRequest = { [K in Sendable]: { kind: K; body: Bodies[K] } }[Sendable] & {
  key: string;
  reply_to?: number | null;
};

/** The caller's membership, with their own mute. */
export interface Mine {
  joined_at: string;
  hushed: boolean;
  muted_until: string | null;
  mute_reason: string;
}

/** How a pattern is compared with a message; the order is that of strength. */
export type Mode = "all" | "contains" | "exact" | "pinyin" | "regex" | "similar" | "typo" | "words";

/** A page of what happened to a conversation on the desk, the newest first. */
export interface MovePage {
  items: MoveView[];
  cursor: string | null;
}

/** `claim`, `assign`, `transfer`, `hand_back`, `close`. */
export interface MoveRequest {
  conversation: string;
  to?: string | null;
}

/** A move on the desk: from where to where, by whom (null: the hub by itself), and how long the buyer had waited. */
export interface MoveView {
  at: string;
  move: string;
  before: DeskState;
  after: DeskState;
  by: Person | null;
  operator: Person | null;
  team: string | null;
  waited_s: number | null;
  reason: string;
}

/** The answer to a move on the desk. */
export interface Moved {
  desk: DeskView;
}

/** For how long, and why. */
export interface Mute {
  seconds: number;
  reason: string;
}

/** What is absent stays as it is; null drops the avatar. */
export interface MyChanges {
  name?: string;
  avatar?: string | null;
}

/** The groups the caller is in, at most 200. */
export interface MyGroups {
  items: GroupView[];
}

/** A rule by id and name. */
export interface Named {
  id: string;
  name: string;
}

/** An account to be created. */
export interface NewAccount {
  handle: string;
  name: string;
  kind?: "expert" | "media" | "seller";
  about?: string;
  avatar?: string | null;
  cover?: string | null;
  hours?: Hours | null;
  chat_open?: ChatOpen;
}

/** A group to be made. */
export interface NewGroup {
  name: string;
  about?: string;
  cover?: string | null;
  rules?: string;
  joining?: Joining;
  question?: string;
  capacity?: number;
}

/** How long somebody is new, and may post neither links, pictures, cards nor mentions: so many minutes, and so many messages. */
export interface Newcomers {
  minutes?: number;
  messages?: number;
}

/** What a shop should write into a rule of a pack: until it does, the rule says what is true of any shop. */
export interface Note {
  rule: string;
  zh: string;
  en: string;
}

/** A page of notes, the newest first. */
export interface NotePage {
  items: NoteView[];
  cursor: string | null;
}

/** What to keep in mind. */
export interface NoteRequest {
  text: string;
}

/** A note about a buyer, by whom, and when. */
export interface NoteView {
  id: string;
  by: Person;
  text: string;
  at: string;
  edited_at: string | null;
}

/** Nothing but that it is done. */
export type Nothing = Record<string, unknown>;

/** Something to look at: `invited`, `approved`, `declined`, `warned`, `pardoned`, `mention` (`seq`), `refused` (one's message of this `key`), `report` and `appeal` (`ref`), or `group` (`what` changed). For moderators: `held` (a message waits for them), `raid` (joining is by approval for a while). */
export interface Notice {
  kind: string;
  group: string;
  by?: string | null;
  seq?: number | null;
  what?: string | null;
  reason?: string | null;
  ref?: string | null;
  key?: string | null;
}

/** Who is reported: a person, or the group itself. `posts` is counted up to 1,000, `sanctions` are those of the last 90 days here. */
export interface OffenderView {
  id: string;
  kind: string;
  name: string | null;
  member_since: string | null;
  posts: number;
  sanctions: number;
}

/** `open`: an account by handle. */
export interface OpenRequest {
  account: string;
}

/** A direct conversation as its buyer finds it: the last seq, their read mark and the other side's (`seen`), who looks after it. */
export interface Opened {
  conversation: string;
  head: number;
  read: number;
  seen: number;
  desk: DeskView;
  account: AccountView;
}

/** Changes of a group's order: what is absent stays as it is. */
export interface OrderChanges {
  slow_s?: number;
  newcomers?: Newcomers;
  links?: LinkPolicy;
  media?: boolean;
  cards?: boolean;
  filters?: boolean;
  flood?: Flood;
  repeat?: Repeat;
  raid?: Raid;
}

/** The order of a group; `filters`: those that come with the hub are asked too; `guarded_until`: because of a raid, whoever comes until then has to be let in; `silent_until`: until then only moderators speak. */
export interface OrderView {
  slow_s: number;
  newcomers: Newcomers;
  links: LinkPolicy;
  media: boolean;
  cards: boolean;
  filters: boolean;
  flood: Flood;
  repeat: Repeat;
  raid: Raid;
  guarded_until: string | null;
  silent_until: string | null;
  silent_reason: string;
}

/** `OK`: taken as it stands. `CHANGED`: taken, not quite as it stands. `SKIPPED`: left out. `FAULT`: left out because it is wrong. */
export type Outcome = "changed" | "fault" | "ok" | "skipped";

/** One message to send: its kind and the JSON of its body, as the wire has them. */
export type Outgoing = { [K in Sendable]: { kind: K; body: Bodies[K] } }[Sendable] & {
};

/** An account at this moment, on its day `today` of `zone`. `waiting`, `held`: conversations that wait for people, and that people look after; `waiting_since`: since when the longest waits. `taken`: how often people took over today, after `median_wait_s` and at most `longest_wait_s` seconds. `followed`: who came to follow today, up to 10,000. `days`: the last seven, today the last. `unanswered`: of these days, the most asked first. */
export interface OverviewView {
  at: string;
  today: string;
  zone: string;
  waiting: number;
  held: number;
  waiting_since: string | null;
  taken: number;
  median_wait_s: number | null;
  longest_wait_s: number | null;
  followed: number;
  days: DayView[];
  unanswered: UnansweredView[];
}

/** The draft as it is now; the rules that were added and left out, and what of the added the shop should write into them. */
export interface PackInstalled {
  version: number;
  author: string;
  at: string | null;
  added: string[];
  skipped: Skipped[];
  notes: Note[];
}

/** Every pack. */
export interface PackList {
  items: PackView[];
}

/** Which pack, and whether it comes beside the rules of the draft or instead of them. */
export interface PackRequest {
  pack: string;
  mode?: "merge" | "replace";
}

/** A pack: how it is asked for, what it is called and about, and how many rules, keywords and similar questions it has. */
export interface PackView {
  id: string;
  name: TwoTongues;
  about: TwoTongues;
  rules: number;
  keywords: number;
  questions: number;
}

/** Where a page of a list begins, and how long it is. */
export interface Page {
  cursor?: string | null;
  limit?: number;
}

/** A new password, and the old one as proof. */
export interface PasswordChange {
  old: string;
  new: string;
}

/** One pattern of a rule; `Mode` says how it is compared. */
export interface Pattern {
  mode: Mode;
  text: string;
}

/** A person as others see them. */
export interface Person {
  id: string;
  name: string;
}

/** A person as others see them. */
export interface PersonView {
  id: string;
  name: string;
  avatar?: string | null;
}

/** A message kept at the top. */
export interface PinView {
  seq: number;
  by: string;
  at: string;
}

/** What is pinned, the newest first; at most ten. */
export interface Pins {
  items: PinView[];
}

/** Where a message stands; `duplicate`: it was there already, under the same key. `held`: it waits for a moderator, and stands nowhere yet. */
export interface Placed {
  conversation: string;
  seq: number | null;
  at: string;
  duplicate: boolean;
  held?: boolean;
}

/** A buyer as the desk sees them. `following_since`: null where they do not follow (any more). `messages`: of both sides. `calls`: how often the bot handed them to people. */
export interface ProfileView {
  person: PersonView;
  following_since: string | null;
  source: string;
  tags: string[];
  conversation: string | null;
  first_at: string | null;
  last_at: string | null;
  messages: number;
  calls: number;
  notes: number;
}

/** A signal with the messages around; the first signal of a message has them. */
export interface ProvenSignal {
  id: number;
  kind: "filter" | "flood" | "raid" | "repeat" | "report";
  at: string;
  by: PersonView | null;
  seq: number | null;
  held: string | null;
  text: string;
  detail: Record<string, unknown>;
  evidence: EvidenceView[];
}

/** What is new, for those who read the list of versions. */
export interface PublishRequest {
  note?: string;
}

/** A published version with its rules and its vocabulary. */
export interface PublishedView {
  version: number;
  author: string;
  note: string;
  at: string;
  rules: Rule[];
  vocabulary: Vocabulary;
}

/** `pull`: messages after or before a seq, ascending; the newest when neither is given. */
export interface PullRequest {
  conversation: string;
  after?: number | null;
  before?: number | null;
  limit?: number;
}

/** A page of purges that can be undone, the newest first. */
export interface PurgePage {
  items: PurgeShown[];
  cursor: string | null;
}

/** Whose messages were removed, by whom and how many; it may be undone until then. */
export interface PurgeShown {
  id: string;
  person: PersonView;
  by: PersonView;
  messages: number;
  at: string;
  undo_until: string;
}

/** What was removed: how many messages, `more` where one purge does not take them all; and until when it may be undone. */
export interface PurgeView {
  id: string;
  person: string;
  messages: number;
  more: boolean;
  at: string;
  undo_until: string;
}

/** Whose messages, from how many seconds back, and why. */
export interface Purging {
  person: string;
  seconds: number;
  reason: string;
}

/** More than so many people who came in so many seconds are a raid; 0 for never. For so many minutes those who come next have to be let in. */
export interface Raid {
  joins?: number;
  seconds?: number;
  minutes?: number;
}

/** A read mark moved. */
export interface ReadMark {
  conversation: string;
  person: string;
  seq: number;
}

/** Up to which message the caller has read. */
export interface ReadRequest {
  seq: number;
}

/** Why a rule did not speak, why nothing was said, or why people were called. */
export type Reason = "asked" | "audience" | "author_auto" | "author_bot" | "author_staff" | "buyer_muted" | "cap" | "channel" | "cooldown" | "default_limit" | "depth" | "hours" | "in_queue" | "no_answer" | "no_rules" | "none" | "not_addressed" | "not_waiting" | "operator" | "pair_breaker" | "place" | "recalled" | "repeated" | "rule_muted" | "said" | "unanswered" | "unsure";

/** Why. */
export interface ReasonRequest {
  reason: string;
}

/** Why they are put out. */
export interface RemoveRequest {
  reason: string;
}

/** More than so many messages that say the same, in so many seconds, of one member, or of newcomers together, wait for a moderator; 0 for never. `minutes`: so long after they came, and as long as `newcomers` of the order holds, people are newcomers here. */
export interface Repeat {
  messages?: number;
  newcomers?: number;
  seconds?: number;
  minutes?: number;
}

/** A message that was really sent; the beginning of its text. */
export interface ReplayExample {
  text: string;
  conversation: string;
  seq: number;
  at: string;
}

/** A line: how many conversations of how many are done. The last one has the report, or the error that ended it. */
export interface ReplayLine {
  done: number;
  of: number;
  messages: number;
  report?: ReplayReport | null;
  error?: Record<string, unknown> | null;
}

/** What would have changed, the commonest first. `version`: what is published. `complete`: the limit left no message out. `more`: messages whose change has no row. `names`: of the rules in the rows, by id. */
export interface ReplayReport {
  version: number;
  since: string;
  complete: boolean;
  heard: number;
  answered_before: number;
  answered_after: number;
  newly_answered: number;
  changed: number;
  newly_silent: number;
  rows: ReplayRow[];
  more: number;
  names: Record<string, string>;
}

/** Rules to compare with the published ones; without any, those of the draft. How many days back, and how many messages at most. */
export interface ReplayRequest {
  rules?: Rule[] | null;
  days?: number;
  limit?: number;
}

/** One change of answer, how often it happened, and a few messages to which it did. */
export interface ReplayRow {
  change: "changed" | "newly_answered" | "newly_silent";
  before: Answer;
  after: Answer;
  count: number;
  examples: ReplayExample[];
}

/** What a rule says: all its messages in order, one drawn by the message heard, or one after the other in turn. `visible`: of what is said to somebody in a group, whether everyone in the room sees it, or whoever asked alone. */
export interface Reply {
  choose?: "all" | "random" | "rotate";
  visible?: "asker" | "room";
  messages?: (TextMessage | ImageMessage | CardMessage | ChoicesMessage)[];
}

/** What is reported in a group: a message, or a member, or with neither the group itself; and why. */
export interface Report {
  seq?: number | null;
  person?: string | null;
  reason: "abuse" | "adult" | "fraud" | "other" | "spam";
  note?: string;
}

/** The answer to the group's question, where it asks one. */
export interface Rest_MembersJoinRequest {
  answer?: string;
}

/** What a person is to one account. `FOLLOWER` and `VISITOR` are buyers; the first three are staff. */
export type Role = "follower" | "moderator" | "operator" | "owner" | "visitor";

/** What a member of the staff is from now on. */
export interface RoleRequest {
  role: Role;
}

/** Which version to speak by again, and why. */
export interface RollbackRequest {
  version: number;
  note?: string;
}

/** One line of a report. Attributes: number: the row of a sheet or the entry of a list, from 1; 0 where it is about the file. name: the rule's name, as far as it is known. cell: the cell of a sheet, such as `C5`. path: the member of the rule, or the place in a JSON file. */
export interface Row {
  number: number;
  name: string;
  outcome: Outcome;
  zh?: string;
  en?: string;
  cell?: string;
  path?: string;
}

/** One rule. `cooldown_s` and `after_s` in seconds; `priority` high first. */
export interface Rule {
  id: string;
  name: string;
  layer: "default" | "first" | "follow" | "keyword" | "offhours" | "waiting";
  enabled?: boolean;
  priority?: number;
  when?: When;
  where?: ("direct" | "group")[];
  unaddressed?: boolean;
  channels?: string[];
  audience?: Audience;
  hours?: Hours | null;
  cooldown_s?: number;
  after_s?: number | null;
  reply?: Reply;
  then?: Then;
}

/** A rule that is in both sets and not the same; `name` as it is in the second. */
export interface RuleChange {
  id: string;
  name: string;
  members: MemberChange[];
}

/** What one rule did: on a day, or on all days asked for where `day` is null. `name` is null of a rule that is no more. */
export interface RuleStatsView {
  rule: string;
  name: string | null;
  day: string | null;
  heard: number;
  answered: number;
  handed_off: number;
  asked_again: number;
}

/** The draft, or the published rules under version 0 where nobody has begun one. `version` is for `If-Match`. */
export interface RulesView {
  version: number;
  rules: Rule[];
  author: string;
  at: string | null;
}

/** Whether the sanction stays, and why. */
export interface Ruling {
  verdict: "lift" | "uphold";
  reason: string;
}

/** What became of it, and why. */
export interface RulingView {
  at: string;
  reason: string;
}

/** What one rule says. */
export interface Said {
  rule: string;
  rule_name: string;
  messages: Outgoing[];
}

/** Everything that was said, at most 20 messages. */
export interface SaidPage {
  items: SaidView[];
}

/** A message of the thread. */
export interface SaidView {
  number: number;
  author: PersonView;
  text: string;
  at: string;
}

/** A page of what is in force, the newest first. */
export interface SanctionPage {
  items: SanctionView[];
  cursor: string | null;
}

/** A mute or a ban in force; without `until` it has no end. */
export interface SanctionView {
  person: PersonView;
  kind: "ban" | "mute";
  until: string | null;
  reason: string;
  by: string;
  at: string;
}

/** The sanction it is against; without `until` it has no end. */
export interface SanctionedView {
  kind: "ban" | "mute";
  at: string;
  until: string | null;
  reason: string;
}

/** A message of the thread. */
export interface SayRequest {
  text: string;
}

/** The answer to `look`: who looks at the conversation now; nobody, to who looks no more. */
export interface Seen {
  looking: Person[];
}

/** `send`: a message under the client's own key; `body` is parsed by `kind`. */
export type SendRequest = { [K in Sendable]: { kind: K; body: Bodies[K] } }[Sendable] & {
  conversation: string;
  key: string;
  reply_to?: number | null;
};

/** `recall` and `read`: one message of a conversation. */
export interface SeqRequest {
  conversation: string;
  seq: number;
}

/** The caller's living sessions, newest first. */
export interface SessionList {
  items: SessionView[];
}

/** An access token for `Authorization: Bearer`, until `expires_at`; the cookie that came with it gets the next one. */
export interface SessionToken {
  token: string;
  expires_at: string;
  person: PersonView;
  accounts: Workplace[];
}

/** A session of the caller; `current` is the one this call was made with. */
export interface SessionView {
  id: string;
  created_at: string;
  expires_at: string;
  current: boolean;
}

/** One tappable answer: what it shows and what tapping it sends. */
export interface ShapesChoice {
  label: string;
  send: string;
}

/** One thing that spoke. `kind`: list, contact, advert (the classifier) or repeat. `list` is the id of an own list. `start` and `end` are code points of the text, half-open. For moderators only: it tells the words. */
export interface SignalView {
  kind: string;
  list: string | null;
  name: string;
  word: string;
  action: string;
  start: number | null;
  end: number | null;
  evidence: number;
}

/** For how long everyone but moderators is muted, and why. */
export interface Silence {
  seconds: number;
  reason: string;
}

/** A rule that was left out, and the rule there that has its id, speaks in its layer, or has one of its patterns or questions. */
export interface Skipped {
  rule: string;
  why: "id" | "layer" | "pattern";
  held_by: string;
}

/** Which messages: after a seq, or before one, or the newest. */
export interface Span {
  after?: number | null;
  before?: number | null;
  limit?: number;
}

/** All who work for an account, at most 500. */
export interface StaffList {
  items: StaffView[];
}

/** A member of the staff. */
export interface StaffView {
  person: PersonView;
  login: string;
  role: Role;
}

/** Which days, at most 400, the last seven when none are named; and whether each day of a rule stands for itself. */
export interface StatsQuery {
  cursor?: string | null;
  limit?: number;
  from?: string | null;
  to?: string | null;
  daily?: boolean;
}

/** From one day to another, both included, of the account's `zone`. `days`: on the first page only, days without messages left out. */
export interface StatsView {
  from: string;
  to: string;
  zone: string;
  days: DayView[];
  items: RuleStatsView[];
  cursor: string | null;
}

/** A rung of the ladder: what to do, and for how many seconds. */
export interface Step {
  act: "ban" | "dismiss" | "mute" | "remove" | "warn";
  seconds?: number | null;
}

/** A stored file: what a message names to show it. `size` in bytes, `width` and `height` in pixels. */
export interface Stored {
  media: string;
  kind: "image" | "video" | "voice";
  type: string;
  size: number;
  width?: number | null;
  height?: number | null;
  seconds?: number | null;
}

/** At most 5, the likeliest for the latest message first. */
export interface SuggestionList {
  items: SuggestionView[];
}

/** What a rule would say to the message at `seq`; `sure`: the engine might answer by it by itself. */
export interface SuggestionView {
  seq: number;
  rule: string;
  rule_name: string;
  mode: Mode;
  score: number;
  sure: boolean;
  messages: Outgoing[];
}

/** What the client has: the last seq of each conversation. */
export interface SyncRequest {
  cursors: Record<string, number>;
}

/** Everything after each cursor, and other conversations with anything unread. */
export interface Synced {
  conversations: CaughtUp[];
}

/** What the hub itself says; nobody else may send it. */
export interface SystemBody {
  event: string;
  by?: string | null;
}

/** The account's tags in alphabetical order, at most 200. */
export interface TagList {
  items: TagView[];
}

/** A tag that the account knows, and since when. */
export interface TagView {
  tag: string;
  at: string;
}

/** One tappable answer: what it shows and what tapping it sends. */
export interface TalkChoice {
  label: string;
  send: string;
}

/** An account's teams by name, at most 200. */
export interface TeamList {
  items: TeamView[];
}

/** A team's name and all its people. */
export interface TeamRequest {
  name: string;
  members?: string[];
}

/** A team and the ids of its people. */
export interface TeamView {
  id: string;
  name: string;
  members: string[];
}

/** Plain text, at most 4,000 characters. In a group it may call people: by their ids, beside the `@name` in the text, or everyone. */
export interface TextBody {
  text: string;
  mentions?: string[];
  mention_all?: boolean;
}

/** Text, a template. */
export interface TextMessage {
  kind: "text";
  text: string;
}

/** What follows the reply: hand the conversation to people (of a team), invite the buyer into a group, put tags on them. */
export interface Then {
  hand_off?: boolean | null;
  team?: string | null;
  invite?: string | null;
  tag?: string[];
}

/** An operator; by `transfer` also a team. */
export interface To {
  to?: string | null;
}

/** Why it was decided so. `guard` is what stopped the message before any rule; `us` microseconds, stamped by the caller. At most 20 candidates are kept; `more` counts the rest. `choices`: the rules that were offered, where it asked back. `addressed`: the bot was named, in a group. `invited`: what became of the invitation that a rule gives. */
export interface Trace {
  version: number;
  outcome: "answer" | "choices" | "hand_off" | "silent";
  event?: "follow" | "message" | "waiting";
  place?: "direct" | "group";
  addressed?: boolean;
  reason?: Reason | null;
  guard?: Reason | null;
  normal?: string;
  words?: string[];
  candidates?: Candidate[];
  more?: number;
  winners?: string[];
  choices?: string[];
  invited?: Invited | null;
  us?: number;
}

/** What would be said and done, and why. Nothing was. */
export interface Tried {
  outcome: "answer" | "choices" | "hand_off" | "silent";
  reason: Reason | null;
  says: Said[];
  hand_off: boolean;
  team: string | null;
  tags: string[];
  trace: Trace;
}

/** What a buyer with these tags might write; to the draft, or to what is published. `first`: as the first message of a conversation. `place`: in a direct conversation, or in a group, where a text that names the account is addressed to it. */
export interface TryRequest {
  text: string;
  draft?: boolean;
  first?: boolean;
  tags?: string[];
  place?: "direct" | "group";
}

/** A sentence in both languages. */
export interface TwoTongues {
  zh: string;
  en: string;
}

/** Somebody is typing. */
export interface Typing {
  conversation: string;
  person: string;
}

/** A question that no rule answered, as somebody wrote it, and how often it was asked in the days shown. */
export interface UnansweredView {
  text: string;
  asked: number;
}

/** A page of versions, newest first. */
export interface VersionPage {
  items: VersionView[];
  cursor: string | null;
}

/** A published version. */
export interface VersionView {
  version: number;
  author: string;
  note: string;
  at: string;
}

/** A video of the media store; `poster` is a picture of it. */
export interface VideoBody {
  media: string;
  seconds: number;
  poster?: string | null;
}

/** `words` the dictionary does not know, such as product names: each is one word. `synonyms`: groups of phrases that mean the same. */
export interface Vocabulary {
  words?: string[];
  synonyms?: string[][];
}

/** The draft's vocabulary. `version` is that of the draft, for `If-Match`. */
export interface VocabularyView {
  version: number;
  vocabulary: Vocabulary;
}

/** A voice note of at most 60 seconds. */
export interface VoiceBody {
  media: string;
  seconds: number;
  transcript?: string | null;
}

/** `desk`: hear an account's queue, or stop. */
export interface WatchRequest {
  account: string;
  watch: boolean;
}

/** The answer to `desk`: who waits now; absent when the caller stopped listening. */
export interface Watched {
  waiting?: DeskView[];
}

/** How the words of a list are compared; each finds all that the one before it finds. */
export type Way = "form" | "plain" | "sound";

/** What a message must say: any of `any` or like one of `similar`, and none of `none`. */
export interface When {
  any?: Pattern[];
  none?: Pattern[];
  similar?: string[];
}

/** `join`: a group, with the answer to its question where it asks one. */
export interface WireJoinRequest {
  group: string;
  answer?: string;
}

/** A message as it is pushed and pulled; `key` only to the author's own devices. */
export type WireMessage = { [K in keyof Bodies]: { kind: K; body: Bodies[K] } }[keyof Bodies] & {
  conversation: string;
  seq: number;
  author: Author;
  at: string;
  fallback: string;
  key?: string | null;
  auto?: AutoMark | null;
  reply_to?: number | null;
};

/** An account the caller works for. */
export interface Workplace {
  id: string;
  handle: string;
  name: string;
  role: Role;
}

/** The bodies of messages by kind. */
export interface Bodies {
  text: TextBody;
  image: ImageBody;
  voice: VoiceBody;
  video: VideoBody;
  card: CardBody;
  choices: ChoicesBody;
  system: SystemBody;
}

export type Sendable =
  | "text"
  | "image"
  | "voice"
  | "video"
  | "card"
  | "choices";

/** What a client asks on the socket: [request, answer]. */
export interface Asks {
  open: [OpenRequest, Opened];
  send: [SendRequest, Placed];
  recall: [SeqRequest, Nothing];
  pull: [PullRequest, MessageList];
  sync: [SyncRequest, Synced];
  inbox: [InboxRequest, Inbox];
  read: [SeqRequest, Nothing];
  typing: [ConversationRequest, Nothing];
  look: [LookRequest, Seen];
  desk: [WatchRequest, Watched];
  claim: [MoveRequest, Moved];
  assign: [MoveRequest, Moved];
  transfer: [MoveRequest, Moved];
  hand_back: [MoveRequest, Moved];
  close: [MoveRequest, Moved];
  join: [WireJoinRequest, Joined];
  leave: [GroupRequest, Nothing];
}

/** What the hub says by itself on the socket. */
export interface Pushes {
  message: WireMessage;
  changed: Changed;
  read: ReadMark;
  typing: Typing;
  looking: LookingView;
  desk: DeskView;
  member: MemberView;
  notice: Notice;
  resync: Nothing;
  drain: Drain;
  error: Fault;
}

/** Every REST operation below /api/v1. */
export interface Rest {
  "POST /sessions": { body: Credentials; answer: SessionToken };
  "POST /sessions/refresh": { answer: SessionToken };
  "DELETE /sessions/current": { answer: undefined };
  "GET /sessions": { answer: SessionList };
  "DELETE /sessions/{session}": { answer: undefined };
  "PUT /me/password": { body: PasswordChange; answer: undefined };
  "GET /me": { answer: Me };
  "PATCH /me": { body: MyChanges; answer: Me };
  "GET /accounts": { query: { cursor?: string | null; limit?: number; query?: string }; answer: AccountPage };
  "POST /accounts": { body: NewAccount; answer: Account };
  "GET /accounts/{account}": { answer: Account };
  "PATCH /accounts/{account}": { body: AccountChanges; answer: Account };
  "PUT /accounts/{account}/follow": { body?: FollowRequest; answer: Follow };
  "DELETE /accounts/{account}/follow": { answer: undefined };
  "PUT /accounts/{account}/mute": { answer: undefined };
  "DELETE /accounts/{account}/mute": { answer: undefined };
  "GET /accounts/{account}/followers": { query: { cursor?: string | null; limit?: number }; answer: FollowerPage };
  "GET /me/following": { query: { cursor?: string | null; limit?: number }; answer: FollowedPage };
  "GET /accounts/{account}/tags": { answer: TagList };
  "DELETE /accounts/{account}/tags/{tag}": { answer: undefined };
  "GET /accounts/{account}/followers/{person}/tags": { answer: FollowerTagList };
  "PUT /accounts/{account}/followers/{person}/tags/{tag}": { answer: undefined };
  "DELETE /accounts/{account}/followers/{person}/tags/{tag}": { answer: undefined };
  "GET /accounts/{account}/followers/{person}/profile": { answer: ProfileView };
  "GET /accounts/{account}/followers/{person}/notes": { query: { cursor?: string | null; limit?: number }; answer: NotePage };
  "POST /accounts/{account}/followers/{person}/notes": { body: NoteRequest; answer: NoteView };
  "PUT /accounts/{account}/followers/{person}/notes/{note}": { body: NoteRequest; answer: NoteView };
  "DELETE /accounts/{account}/followers/{person}/notes/{note}": { answer: undefined };
  "GET /accounts/{account}/staff": { answer: StaffList };
  "POST /accounts/{account}/staff": { body: HireRequest; answer: HiredView };
  "PUT /accounts/{account}/staff/{person}": { body: RoleRequest; answer: undefined };
  "DELETE /accounts/{account}/staff/{person}": { answer: undefined };
  "GET /accounts/{account}/teams": { answer: TeamList };
  "POST /accounts/{account}/teams": { body: TeamRequest; answer: TeamView };
  "PUT /accounts/{account}/teams/{team}": { body: TeamRequest; answer: TeamView };
  "DELETE /accounts/{account}/teams/{team}": { answer: undefined };
  "GET /accounts/{account}/canned": { query: { cursor?: string | null; limit?: number }; answer: CannedPage };
  "POST /accounts/{account}/canned": { body: CannedRequest; answer: CannedView };
  "PUT /accounts/{account}/canned/{canned}": { body: CannedRequest; answer: CannedView };
  "DELETE /accounts/{account}/canned/{canned}": { answer: undefined };
  "POST /accounts/{account}/conversation": { answer: Opened };
  "GET /conversations": { query: { cursor?: string | null; limit?: number }; answer: ConversationPage };
  "POST /conversations/sync": { body: SyncRequest; answer: Synced };
  "GET /conversations/{conversation}/messages": { query: { after?: number | null; before?: number | null; limit?: number }; answer: MessageList };
  "POST /conversations/{conversation}/messages": { body: MessageRequest; answer: Placed };
  "DELETE /conversations/{conversation}/messages/{seq}": { answer: undefined };
  "GET /conversations/{conversation}/messages/{seq}/trace": { answer: Trace };
  "PUT /conversations/{conversation}/read": { body: ReadRequest; answer: undefined };
  "POST /conversations/{conversation}/typing": { answer: undefined };
  "GET /accounts/{account}/desk": { query: { cursor?: string | null; limit?: number; state?: DeskState | null; name?: string; of?: "all" | "mine" | "waiting" }; answer: DeskPage };
  "GET /conversations/{conversation}/desk": { answer: DeskView };
  "GET /conversations/{conversation}/moves": { query: { cursor?: string | null; limit?: number }; answer: MovePage };
  "GET /conversations/{conversation}/suggestions": { answer: SuggestionList };
  "GET /conversations/{conversation}/looking": { answer: LookingView };
  "POST /conversations/{conversation}/claim": { answer: DeskView };
  "POST /conversations/{conversation}/assign": { body?: To; answer: DeskView };
  "POST /conversations/{conversation}/transfer": { body: To; answer: DeskView };
  "POST /conversations/{conversation}/hand_back": { answer: DeskView };
  "POST /conversations/{conversation}/close": { answer: DeskView };
  "GET /accounts/{account}/rules": { answer: RulesView };
  "PUT /accounts/{account}/rules": { body: Rule[]; answer: DraftView };
  "GET /accounts/{account}/rules/vocabulary": { answer: VocabularyView };
  "PUT /accounts/{account}/rules/vocabulary": { body: Vocabulary; answer: DraftView };
  "POST /accounts/{account}/rules:publish": { body?: PublishRequest; answer: VersionView };
  "POST /accounts/{account}/rules:rollback": { body: RollbackRequest; answer: VersionView };
  "POST /accounts/{account}/rules:try": { body: TryRequest; answer: Tried };
  "GET /accounts/{account}/rules/versions": { query: { cursor?: string | null; limit?: number }; answer: VersionPage };
  "GET /accounts/{account}/rules/versions/{version}": { answer: PublishedView };
  "POST /accounts/{account}/rules:lint": { body?: LintRequest; answer: LintView };
  "GET /accounts/{account}/rules:diff": { query: { before?: number | null; after?: number | null }; answer: DiffView };
  "POST /accounts/{account}/rules:replay": { body?: ReplayRequest; answer: Blob };
  "GET /accounts/{account}/rules/stats": { query: { cursor?: string | null; limit?: number; from?: string | null; to?: string | null; daily?: boolean }; answer: StatsView };
  "GET /accounts/{account}/overview": { answer: OverviewView };
  "GET /rule-packs": { answer: PackList };
  "POST /accounts/{account}/rules:pack": { body: PackRequest; answer: PackInstalled };
  "POST /accounts/{account}/rules:import": { query: { format?: "csv" | "wechat" | "weihub" | "xlsx" | null; mode?: "merge" | "replace"; dry?: boolean }; answer: ImportView };
  "GET /accounts/{account}/rules:export": { query: { format: "csv" | "wechat" | "weihub" | "xlsx"; source?: "draft" | "published"; version?: number | null }; answer: Blob };
  "GET /accounts/{account}/rules:exportable": { query: { format: "csv" | "wechat" | "weihub" | "xlsx"; source?: "draft" | "published"; version?: number | null }; answer: ExportView };
  "GET /accounts/{account}/groups": { query: { cursor?: string | null; limit?: number }; answer: GroupPage };
  "POST /accounts/{account}/groups": { body: NewGroup; answer: GroupView };
  "GET /groups": { answer: MyGroups };
  "GET /groups/{group}": { answer: GroupView };
  "PATCH /groups/{group}": { body: GroupChanges; answer: GroupView };
  "PATCH /groups/{group}/order": { body: OrderChanges; answer: GroupView };
  "PUT /groups/{group}/announcement": { body: AnnounceRequest; answer: GroupView };
  "PUT /groups/{group}/silence": { body: Silence; answer: GroupView };
  "DELETE /groups/{group}/silence": { answer: undefined };
  "GET /groups/{group}/pins": { answer: Pins };
  "PUT /groups/{group}/pins/{seq}": { answer: undefined };
  "DELETE /groups/{group}/pins/{seq}": { answer: undefined };
  "PUT /groups/{group}/dissolution": { body: DissolveRequest; answer: undefined };
  "GET /groups/{group}/log": { query: { cursor?: string | null; limit?: number }; answer: LogPage };
  "PUT /groups/{group}/membership": { body?: Rest_MembersJoinRequest; answer: Joined };
  "DELETE /groups/{group}/membership": { answer: undefined };
  "PUT /groups/{group}/hush": { answer: undefined };
  "DELETE /groups/{group}/hush": { answer: undefined };
  "GET /groups/{group}/members": { query: { cursor?: string | null; limit?: number; query?: string }; answer: MemberPage };
  "GET /groups/{group}/requests": { query: { cursor?: string | null; limit?: number }; answer: AskingPage };
  "POST /groups/{group}/requests/{person}": { body: DecideRequest; answer: undefined };
  "PUT /groups/{group}/invitations/{person}": { answer: undefined };
  "DELETE /groups/{group}/invitation": { answer: undefined };
  "GET /invitations": { answer: Invitations };
  "GET /groups/{group}/sanctions": { query: { cursor?: string | null; limit?: number }; answer: SanctionPage };
  "PUT /groups/{group}/sanctions/{person}/mute": { body: Mute; answer: SanctionView };
  "DELETE /groups/{group}/sanctions/{person}/mute": { body?: LiftRequest; answer: undefined };
  "PUT /groups/{group}/sanctions/{person}/ban": { body: Ban; answer: SanctionView };
  "DELETE /groups/{group}/sanctions/{person}/ban": { body?: LiftRequest; answer: undefined };
  "POST /groups/{group}/members/{person}/removal": { body: RemoveRequest; answer: undefined };
  "PUT /groups/{group}/members/{person}/moderator": { answer: undefined };
  "DELETE /groups/{group}/members/{person}/moderator": { answer: undefined };
  "GET /groups/{group}/held": { query: { cursor?: string | null; limit?: number }; answer: HeldPage };
  "POST /groups/{group}/held/{held}": { body: Decision; answer: HeldView };
  "GET /groups/{group}/filters/hits": { query: { cursor?: string | null; limit?: number }; answer: HitPage };
  "GET /accounts/{account}/filters": { answer: FilterLists };
  "POST /accounts/{account}/filters": { body: ListDraft; answer: FilterListView };
  "GET /accounts/{account}/filters/{list}": { answer: FilterListView };
  "PUT /accounts/{account}/filters/{list}": { body: ListDraft; answer: FilterListView };
  "DELETE /accounts/{account}/filters/{list}": { answer: undefined };
  "POST /accounts/{account}/filters:try": { body: FilterTryRequest; answer: FilterTried };
  "POST /accounts/{account}/filters:test": { body: ListTest; answer: FilterTested };
  "GET /groups/{group}/filters": { answer: FilterLists };
  "POST /groups/{group}/filters": { body: ListDraft; answer: FilterListView };
  "GET /groups/{group}/filters/{list}": { answer: FilterListView };
  "PUT /groups/{group}/filters/{list}": { body: ListDraft; answer: FilterListView };
  "DELETE /groups/{group}/filters/{list}": { answer: undefined };
  "POST /groups/{group}/filters:try": { body: FilterTryRequest; answer: FilterTried };
  "POST /groups/{group}/filters:test": { body: ListTest; answer: FilterTested };
  "POST /groups/{group}/reports": { body: Report; answer: undefined };
  "POST /accounts/{account}/reports": { body: AccountReport; answer: undefined };
  "POST /groups/{group}/members/{person}/warning": { body: ReasonRequest; answer: undefined };
  "GET /groups/{group}/purges": { query: { cursor?: string | null; limit?: number }; answer: PurgePage };
  "POST /groups/{group}/purges": { body: Purging; answer: PurgeView };
  "POST /purges/{purge}/undo": { body: ReasonRequest; answer: undefined };
  "GET /accounts/{account}/cases": { query: { cursor?: string | null; limit?: number; state?: "claimed" | "decided" | "open"; group?: string | null }; answer: CasePage };
  "GET /cases/{case}": { query: { cursor?: string | null; limit?: number }; answer: CaseDetail };
  "POST /cases/{case}/claim": { answer: CaseView };
  "POST /cases/{case}/release": { answer: undefined };
  "POST /cases/{case}/decide": { body: Judgement; answer: CaseView };
  "POST /cases/{case}/undo": { body: ReasonRequest; answer: CaseView };
  "POST /groups/{group}/appeals": { body: Appealing; answer: AppealView };
  "GET /accounts/{account}/appeals": { query: { cursor?: string | null; limit?: number; state?: "lifted" | "open" | "upheld"; mine?: boolean }; answer: AppealPage };
  "GET /appeals/{appeal}/messages": { answer: AppealThread };
  "POST /appeals/{appeal}/messages": { body: SayRequest; answer: SaidPage };
  "POST /appeals/{appeal}/decide": { body: Ruling; answer: AppealView };
  "GET /groups/{group}/log:export": { query: { format: "csv" | "ndjson"; from?: string | null; until?: string | null }; answer: Blob };
  "GET /groups/{group}/stats": { query: { days?: number }; answer: Figures };
  "POST /media": { answer: Stored };
  "GET /media/{media}": { query: { size?: "full" | "thumb" }; answer: Blob };
}
