import { editorEn, editorZh } from "./words/editor";
import { filesEn, filesZh, packsEn, packsZh } from "./words/files";
import { replayEn, replayZh, statsEn, statsZh, vocabularyEn, vocabularyZh } from "./words/lab";
import { publishEn, publishZh, tryEn, tryZh, versionsEn, versionsZh } from "./words/publish";
import { sharedEn, sharedZh } from "./words/shared";
import { tableEn, tableZh } from "./words/table";

/** The words of the room, by subject. */
export const rulesZh = {
  ...sharedZh,
  table: tableZh,
  editor: editorZh,
  try: tryZh,
  publish: publishZh,
  versions: versionsZh,
  replay: replayZh,
  stats: statsZh,
  files: filesZh,
  packs: packsZh,
  words: vocabularyZh,
};

export const rulesEn: typeof rulesZh = {
  ...sharedEn,
  table: tableEn,
  editor: editorEn,
  try: tryEn,
  publish: publishEn,
  versions: versionsEn,
  replay: replayEn,
  stats: statsEn,
  files: filesEn,
  packs: packsEn,
  words: vocabularyEn,
};
