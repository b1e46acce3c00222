import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import { faultOf, type HubFault } from "../../hub/fault";
import type { Answer, Given } from "../../hub/hub";
import { useHub } from "../../ui/context";
import type { Rest } from "../../wire";

/** Something asked of the hub: what it is, why it is not, and how to ask again. */
export interface Asked<T> {
  value: T | null;
  fault: HubFault | null;
  busy: boolean;
  again: () => void;
}

/** What a read can be asked with; changes go through `useDoing`. */
type Reading = Extract<keyof Rest, `GET ${string}`>;

/**
 * A REST read that is shown: asked when the view appears, and again when what is given changes or `useStale` says so.
 * What was shown stays until the new answer is there. With `given` null nothing is asked yet.
 */
export function useAsked<K extends Reading>(operation: K, given: Given<K> | null = {}): Asked<Answer<K>> {
  const hub = useHub();
  const query = useQuery({
    queryKey: [operation, given],
    queryFn: ({ signal }) => hub.ask(operation, { ...given, signal }),
    enabled: given !== null,
    placeholderData: keepPreviousData,
  });
  const { refetch } = query;
  return {
    value: query.data ?? null,
    fault: query.error === null ? null : faultOf(query.error),
    busy: query.isFetching,
    again: useCallback(() => void refetch(), [refetch]),
  };
}

/** A list that pages by cursor. */
export interface Pages<T> {
  items: readonly T[];
  fault: HubFault | null;
  busy: boolean;
  /** Whether the first page has come. */
  known: boolean;
  /** Have the next page; null where there is none, or it is on its way. */
  more: (() => void) | null;
  again: () => void;
}

type Paged = {
  [K in Reading]: Answer<K> extends { items: unknown[]; cursor: string | null } ? K : never;
}[Reading];
type Item<K extends Paged> = Answer<K> extends { items: (infer T)[] } ? T : never;
interface Leaf<T> {
  items: T[];
  cursor: string | null;
}

/** A REST read that lists by cursor, page after page. */
export function usePages<K extends Paged>(operation: K, given: Given<K> | null = {}): Pages<Item<K>> {
  const hub = useHub();
  const list = useInfiniteQuery({
    queryKey: [operation, given, "pages"],
    queryFn: async ({ signal, pageParam }) => {
      const query = { ...given?.query, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return (await hub.ask(operation, { ...given, query, signal } as Given<K>)) as Leaf<Item<K>>;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.cursor,
    enabled: given !== null,
    placeholderData: keepPreviousData,
  });
  const { refetch, fetchNextPage } = list;
  return {
    items: list.data?.pages.flatMap((page) => page.items) ?? [],
    fault: list.error === null ? null : faultOf(list.error),
    busy: list.isFetching,
    known: list.data !== undefined,
    more: list.hasNextPage && !list.isFetchingNextPage ? () => void fetchNextPage() : null,
    again: useCallback(() => void refetch(), [refetch]),
  };
}

/** Tell that what these reads gave is not true any more, as after a change: those that are shown are asked again. */
export function useStale(): (...operations: Reading[]) => Promise<void> {
  const client = useQueryClient();
  return useCallback(
    async (...operations) => {
      await Promise.all(operations.map((operation) => client.invalidateQueries({ queryKey: [operation] })));
    },
    [client],
  );
}
