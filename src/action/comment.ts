/** One comment on a pull request that is rewritten by every run (GitHub REST API, "Issue comments"). */
import * as z from 'zod';

export interface CommentTarget {
  /** `https://api.github.com`, or that of a GitHub Enterprise server. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly pullRequest: number;
  readonly token: string;
}

/** `refused`: the token may only read, as for pull requests from forks. */
export type CommentResult = 'created' | 'updated' | 'unchanged' | 'refused';

const commentsSchema = z.array(z.object({ id: z.int(), body: z.string().nullish() }));
const pageSize = 100;
/** A body may have 65,536 characters. */
const mostCharacters = 65_000;
const patience = 20_000;

/**
 * Writes the comment of this name, or rewrites it where an earlier run left one.
 * @throws Error when GitHub cannot be reached or answers with an error that is not about permissions.
 */
export async function keepComment(target: CommentTarget, name: string, markdown: string): Promise<CommentResult> {
  const marker = `<!-- twinorigin: ${name.replaceAll('--', '- -')} -->`;
  const body = `${marker}\n${markdown}`.slice(0, mostCharacters);
  const base = `${target.api}/repos/${target.repository}/issues`;
  const comments = `${base}/${target.pullRequest}/comments`;

  for (let page = 1; ; page++) {
    const answer = await ask(target, 'GET', `${comments}?per_page=${pageSize}&page=${page}`);
    if (answer === null) return 'refused';
    const found = commentsSchema.parse(answer);
    const own = found.find((comment) => comment.body?.startsWith(marker));
    if (own?.body?.trimEnd() === body.trimEnd()) return 'unchanged';
    if (own !== undefined)
      return (await ask(target, 'PATCH', `${base}/comments/${own.id}`, { body })) === null ? 'refused' : 'updated';
    if (found.length < pageSize) break;
  }
  return (await ask(target, 'POST', comments, { body })) === null ? 'refused' : 'created';
}

/** Null when the token is not allowed to: GitHub says 403, or 404 for what it may not even see. */
async function ask({ token }: CommentTarget, method: string, url: string, content?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: {
      'accept': 'application/vnd.github+json',
      'authorization': `Bearer ${token}`,
      'user-agent': 'twinorigin',
      'x-github-api-version': '2022-11-28',
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(content === undefined ? {} : { body: JSON.stringify(content) }),
    signal: AbortSignal.timeout(patience),
  });
  if ([401, 403, 404].includes(response.status)) {
    await response.body?.cancel();
    return null;
  }
  if (!response.ok) throw new Error(`GitHub answered ${method} ${new URL(url).pathname} with ${response.status}`);
  return response.json();
}
