import type { HubFault } from "../../../hub/fault";
import type { Vocabulary } from "../../../wire";
import { unique } from "./rule";

/** A vocabulary as two texts: a word a line; a group of phrases a line. */
export interface Written {
  words: string;
  synonyms: string;
}

export function writtenOf(vocabulary: Vocabulary): Written {
  return {
    words: (vocabulary.words ?? []).join("\n"),
    synonyms: (vocabulary.synonyms ?? []).map((group) => group.join("、")).join("\n"),
  };
}

export function vocabularyOf({ words, synonyms }: Written): Vocabulary {
  const lines = (text: string) => text.split("\n").map((line) => line.trim());
  return {
    words: unique(lines(words).filter(Boolean)),
    synonyms: lines(synonyms)
      .map((line) => unique(line.split(/[、,，;；]/).map((phrase) => phrase.trim())).filter(Boolean))
      .filter((group) => group.length > 0),
  };
}

/** A fault of the hub beside the text it is about; `line` counts the lines that hold something, from 1. */
export interface LineFault {
  of: keyof Written;
  line: number | null;
  zh: string;
  en: string;
}

export function lineFaultsOf(fault: HubFault | null): LineFault[] {
  const told = fault?.fault?.["faults"];
  if (!Array.isArray(told)) return [];
  return told.flatMap((one: unknown) => {
    const { path, zh, en } = one as Record<string, unknown>;
    const found = typeof path === "string" ? /^vocabulary\.(words|synonyms)(?:\[(\d+)\])?/.exec(path) : null;
    if (found === null || typeof zh !== "string" || typeof en !== "string") return [];
    return { of: found[1] as keyof Written, line: found[2] === undefined ? null : Number(found[2]) + 1, zh, en };
  });
}
