/** Requests for pages, through the very functions that run in CloudFront. */
import type { IncomingMessage } from 'node:http';
import type { EdgeKeys, EdgeRequest, EdgeResponse, EdgeSettings } from '../edge/event.js';
import { isNegotiated } from '../edge/negotiate.js';
import { answerPageRequest, releaseHeader } from '../edge/pages.js';
import { finishPageResponse } from '../edge/pagesResponse.js';
import { signRelease } from '../edge/sign.js';
import type { ResponseHeaders } from './answer.js';
import { describeRequest, listHeaders } from './edgeEvent.js';
import type { Found } from './edgeOrigin.js';
import { decodePath } from './requestTarget.js';

export interface PageFunctions {
  /** What answers, or a whole answer. */
  request(message: IncomingMessage, path: string, query: string): Promise<PageDecision | EdgeResponse>;
  /** Headers that an answer with an object gets besides its own. */
  response(decision: PageDecision, found: Found): Promise<ResponseHeaders>;
}

export interface PageDecision {
  /** Of the object, its variant included. */
  readonly key: string;
  /** Without the suffix of the variant. */
  readonly plainKey: string;
  readonly event: EdgeRequest;
  /** A release is live: then the function has decided about folders, too. */
  readonly decided: boolean;
}

const noKeys: EdgeKeys = { get: (key) => Promise.reject(new Error(`there is no key ${key}`)) };

export function openPageFunctions(settings: EdgeSettings, keys: EdgeKeys = noKeys): PageFunctions {
  return {
    async request(message, path, query) {
      const event = describeRequest(message, path, query);
      const answer = await answerPageRequest(event, settings, keys, signRelease);
      if ('statusCode' in answer) return answer;
      const key = (decodePath(answer.uri) ?? answer.uri).slice(1);
      const plain = key.replace(/\.(br|gz)$/, '');
      const plainKey = settings.negotiate && isNegotiated(plain) ? plain : key;
      return { key, plainKey, event: answer, decided: answer.headers[releaseHeader] !== undefined };
    },
    async response({ event }, { object }) {
      const type = { value: object.headers.contentType };
      const response: EdgeResponse = { statusCode: 200, headers: { 'content-type': type } };
      const headers = { ...listHeaders(await finishPageResponse(event, response, settings, keys, signRelease)) };
      delete headers['content-type'];
      return headers;
    },
  };
}
