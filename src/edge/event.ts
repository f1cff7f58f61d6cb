/* The events of CloudFront Functions, as far as they are used here (AWS, "CloudFront Functions event structure"). */

export interface EdgeValue {
  readonly value: string;
  readonly multiValue?: readonly { readonly value: string }[];
}

export interface EdgeCookie {
  readonly value: string;
  readonly attributes?: string;
}

/** A request as a viewer sent it. Names of headers, parameters and cookies are lowercase. */
export interface EdgeRequest {
  readonly method: string;
  /** Percent-encoded path, without query. */
  uri: string;
  readonly querystring: Readonly<Record<string, EdgeValue>>;
  headers: Readonly<Record<string, EdgeValue>>;
  readonly cookies: Readonly<Record<string, EdgeValue>>;
}

export interface EdgeResponse {
  statusCode: number;
  statusDescription?: string;
  headers: Record<string, EdgeValue>;
  cookies?: Record<string, EdgeCookie>;
  body?: { readonly encoding: 'text'; readonly data: string };
}

/** The key-value store of a function; throws where there is no such key. */
export interface EdgeKeys {
  get(key: string): Promise<string>;
}

/** Makes the signature of a release that a cookie may select. */
export type SignRelease = (secret: string, release: string) => string;

/** How folders and `.html` files are addressed; the names are those of the configuration. */
export type CleanUrls = 'none' | 'auto' | 'drop' | 'force';

/** What is compiled into the function when it is deployed. */
export interface EdgeSettings {
  /** The stores hold `.br` and `.gz` siblings to choose from. */
  readonly negotiate: boolean;
  /** Keep a visitor on the release of the first page, by cookie, until the browser is closed. */
  readonly pin: boolean;
  /** Cookies for https alone. */
  readonly secure: boolean;
}
