/** What happened on GitHub: the pull request that a run is about, and whether it comes from a fork. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Env } from './runner.js';

const eventSchema = z.object({
  pull_request: z
    .object({
      number: z.int(),
      head: z.object({ repo: z.object({ full_name: z.string() }).nullish() }).optional(),
    })
    .optional(),
  repository: z.object({ full_name: z.string() }).optional(),
});

export interface Occasion {
  /** Number of the pull request; null for pushes, releases and schedules. */
  readonly pullRequest: number | null;
  /** The pull request comes from another repository: its runs get no secrets, and a token that can only read. */
  readonly isFork: boolean;
}

/** Reads GITHUB_EVENT_PATH (GitHub docs, "Webhook events and payloads"); an event we do not know is no pull request. */
export function readOccasion(env: Env): Occasion {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH ?? '', 'utf8'));
  } catch {
    return { pullRequest: null, isFork: false };
  }
  const { pull_request: request, repository } = eventSchema.safeParse(content).data ?? {};
  if (request === undefined) return { pullRequest: null, isFork: false };
  // A head without repository is a fork that was deleted.
  const own = repository?.full_name ?? env.GITHUB_REPOSITORY;
  const isFork = request.head !== undefined && request.head.repo?.full_name !== own;
  return { pullRequest: request.number, isFork };
}

/** A name for the preview of a run: `pr-12`, or the branch as a DNS label can hold it. */
export function namePreview(env: Env, { pullRequest }: Occasion): string {
  if (pullRequest !== null) return `pr-${pullRequest}`;
  const label = (env.GITHUB_REF_NAME ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return label === '' ? 'preview' : label;
}
