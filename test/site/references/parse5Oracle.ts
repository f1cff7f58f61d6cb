/** What parse5 sees in a page: every start tag, in order, with its attributes and where they stand. */
import { Parser, type DefaultTreeAdapterMap, type Token } from 'parse5';

export interface SeenAttribute {
  /** Lowercase, other letters than ASCII as well. */
  readonly name: string;
  /** Decoded, with newlines normalised. */
  readonly value: string;
  /** Span of `name="value"`. */
  readonly start: number;
  readonly end: number;
}

export interface SeenTag {
  readonly name: string;
  readonly start: number;
  readonly attributes: readonly SeenAttribute[];
}

/** parse5 with its tree builder, which switches the tokenizer's states; the tags are taken as the tokenizer makes them. */
class Watcher extends Parser<DefaultTreeAdapterMap> {
  readonly seen: SeenTag[] = [];

  /**
   * HTML, "markup declaration open state": CDATA sections exist wherever the adjusted current node is not HTML's, so in
   * the integration point `<svg><title>` as well. parse5 leaves those out; here they are put in.
   */
  allowCdataInIntegrationPoints(): void {
    const tokenizer = this.tokenizer as unknown as {
      inForeignNode: boolean;
      _stateMarkupDeclarationOpen: (code: number) => void;
    };
    const openDeclaration = (code: number) => open.call(tokenizer, code);
    const open = tokenizer._stateMarkupDeclarationOpen;
    tokenizer._stateMarkupDeclarationOpen = (code) => {
      const { inForeignNode } = tokenizer;
      tokenizer.inForeignNode = this.currentNotInHTML;
      openDeclaration(code);
      tokenizer.inForeignNode = inForeignNode;
    };
  }

  override onStartTag(token: Token.TagToken): void {
    const { location } = token;
    if (location !== null) {
      const attributes = token.attrs.map(({ name, value }) => {
        const place = location.attrs?.[name];
        return { name: name.toLowerCase(), value, start: place?.startOffset ?? -1, end: place?.endOffset ?? -1 };
      });
      this.seen.push({ name: token.tagName.toLowerCase(), start: location.startOffset, attributes });
    }
    super.onStartTag(token);
  }
}

/** The start tags of a page, with scripting disabled. */
export function seeTags(html: string): SeenTag[] {
  const watcher = new Watcher({ sourceCodeLocationInfo: true, scriptingEnabled: false });
  watcher.allowCdataInIntegrationPoints();
  watcher.tokenizer.write(html, true);
  return watcher.seen;
}
