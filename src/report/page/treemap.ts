/** A site as areas: origin, type, file. One SVG for each of two shapes, and the same at the scale of what is loaded. */
import { hierarchy, treemap, treemapSquarify, type HierarchyRectangularNode } from 'd3-hierarchy';
import { originNames, type OriginName } from '../../build/build.js';
import { formatBytes, formatCount } from '../amounts.js';
import { markup, type Markup } from './markup.js';
import type { ReportFile } from './model.js';

/** User units are CSS pixels where the page is as wide as it gets. */
export interface Shape {
  readonly width: number;
  readonly height: number;
  /** Files drawn for themselves in each type; the others share one area. */
  readonly files: number;
}

/** White text on each of these has a contrast of at least 4.5 (WCAG 2.2, 1.4.3), and more on its darker shades. */
export const originColors: Readonly<Record<OriginName, string>> = {
  images: '#b4552d',
  resources: '#2b6cb0',
  pages: '#2f7d5b',
};

interface Area {
  readonly name: string;
  readonly bytes: number;
  readonly files: number;
  readonly children?: readonly Area[];
  readonly origin?: OriginName;
  /** Shade of its type: 0 is the largest type of the origin. */
  readonly shade?: number;
}

/**
 * Draws the files at their sizes.
 * @param measure which of the two sizes.
 * @param whole bytes that would fill the shape: what is smaller is drawn smaller.
 */
export function drawTreemap(
  files: readonly ReportFile[],
  measure: 'plain' | 'loaded',
  shape: Shape,
  whole?: number,
): Markup {
  const root = groupFiles(files, measure, shape.files);
  const share = whole === undefined || whole === 0 ? 1 : Math.min(1, root.bytes / whole);
  // Along the longer side, so that the saved area is one piece.
  const isWide = shape.width > shape.height;
  const width = isWide ? Math.max(90, shape.width * share) : shape.width;
  const height = isWide ? shape.height : Math.max(90, shape.height * share);
  const layout = treemap<Area>()
    .tile(treemapSquarify.ratio(1.4))
    .size([width, height])
    .paddingInner((node) => [10, 3, 1][node.depth] ?? 1)
    .paddingTop(headroom)(
    hierarchy<Area>(root, ({ children }) => children)
      .sum(({ bytes, children }) => (children === undefined ? bytes : 0))
      .sort((a, b) => (b.value ?? 0) - (a.value ?? 0)),
  );
  const label = `${measure === 'plain' ? 'Bytes as written' : 'Bytes as loaded'}: ${(root.children ?? [])
    .map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`)
    .join(', ')}`;
  const saved = shape.width * shape.height - width * height > 4000;
  return markup`<svg viewBox="0 0 ${shape.width} ${shape.height}" role="img" aria-label="${label}">
    ${
      saved ? drawSaved(shape, { width, height, isWide }, root.bytes, whole ?? 0) : []
    }${layout.descendants().map(drawNode)}
  </svg>`;
}

function groupFiles(files: readonly ReportFile[], measure: 'plain' | 'loaded', most: number): Area {
  const origins = originNames.flatMap((origin): Area[] => {
    const types = new Map<string, ReportFile[]>();
    for (const file of files) {
      if (file.origin !== origin || file[measure] === 0) continue;
      const known = types.get(file.type);
      if (known === undefined) types.set(file.type, [file]);
      else known.push(file);
    }
    const groups = [...types]
      .map(([type, members]) => groupType(type, members, measure, most))
      .sort((a, b) => b.bytes - a.bytes)
      .map((group, shade): Area => tint(group, origin, shade));
    return groups.length === 0 ? [] : [{ ...addUp(origin, groups), origin }];
  });
  return addUp('', origins);
}

function groupType(type: string, files: readonly ReportFile[], measure: 'plain' | 'loaded', most: number): Area {
  const sorted = [...files].sort((a, b) => b[measure] - a[measure]);
  const shown = sorted.length <= most + 1 ? sorted : sorted.slice(0, most);
  const areas = shown.map((file): Area => ({ name: file.name, bytes: file[measure], files: 1 }));
  const rest = sorted.slice(shown.length);
  if (rest.length > 0)
    areas.push({
      name: `${formatCount(rest.length)} more`,
      bytes: rest.reduce((sum, file) => sum + file[measure], 0),
      files: rest.length,
    });
  return addUp(type, areas);
}

function tint(area: Area, origin: OriginName, shade: number): Area {
  const inner = area.children?.map((child) => tint(child, origin, shade));
  return { ...area, origin, shade, ...(inner && { children: inner }) };
}

function addUp(name: string, children: readonly Area[]): Area {
  const sum = (pick: (area: Area) => number) => children.reduce((total, area) => total + pick(area), 0);
  return { name, children, bytes: sum(({ bytes }) => bytes), files: sum(({ files }) => files) };
}

/** Room for the name of a group, where the group is large enough to be named. */
function headroom(node: HierarchyRectangularNode<Area>): number {
  if (node.depth === 1) return 24;
  if (node.depth === 2) return isNamed(node) ? 20 : 0;
  return 0;
}

function isNamed({ x0, x1, y0, y1 }: HierarchyRectangularNode<Area>): boolean {
  return x1 - x0 > 62 && y1 - y0 > 44;
}

function drawNode(node: HierarchyRectangularNode<Area>): Markup {
  const { x0, y0, x1, y1, data, depth } = node;
  const width = x1 - x0;
  const height = y1 - y0;
  if (depth === 0 || width <= 0 || height <= 0) return markup``;
  const size = formatBytes(data.bytes);
  if (depth === 1) {
    const text = fit([`${data.name} ${size}`, data.name], width, 8.2);
    return text === undefined
      ? markup``
      : markup`<text class="origin ${data.name}" x="${round(x0)}" y="${round(y0 + 16)}">${text}</text>`;
  }
  const fill = shadeOf(originColors[data.origin ?? 'pages'], data.shade ?? 0, depth === 2);
  const box = markup`<rect
    x="${round(x0)}"
    y="${round(y0)}"
    width="${round(width)}"
    height="${round(height)}"
    rx="${depth === 2 ? 3 : 1}"
    fill="${fill}"
    ><title>${data.name}: ${size}${data.files > 1 ? `, ${formatCount(data.files)} files` : ''}</title></rect
  >`;
  if (depth === 2) {
    const text = isNamed(node) ? fit([`${data.name} ${size}`, data.name], width - 12, 6.7) : undefined;
    return text === undefined
      ? box
      : markup`${box}<text class="type" x="${round(x0 + 6)}" y="${round(y0 + 14)}">${text}</text>`;
  }
  const name = data.name.slice(data.name.lastIndexOf('/') + 1);
  const text = height < 20 || width < 48 ? undefined : fit([name], width - 10, 6.4);
  if (text === undefined) return box;
  const second =
    height < 38 || fit([size], width - 10, 6.4) !== size
      ? markup``
      : markup`<text class="size" x="${round(x0 + 5)}" y="${round(y0 + 29)}">${size}</text>`;
  return markup`${box}<text x="${round(x0 + 5)}" y="${round(y0 + 15)}">${text}</text>${second}`;
}

/** The empty place beside what is loaded: what compression saves. */
function drawSaved(
  shape: Shape,
  { width, height, isWide }: { width: number; height: number; isWide: boolean },
  bytes: number,
  whole: number,
): Markup {
  const gap = 8;
  const x = isWide ? width + gap : 0;
  const y = isWide ? 24 : height + gap;
  const room = { width: shape.width - x, height: shape.height - y };
  const text = fit([`${formatBytes(whole - bytes)} less to load`, 'saved'], room.width - 16, 8);
  return markup`<rect
      class="saved"
      x="${round(x + 1)}"
      y="${round(y)}"
      width="${round(room.width - 2)}"
      height="${round(room.height - 1)}"
      rx="4"
    />${
      text === undefined || room.height < 30
        ? markup``
        : markup`<text class="less" x="${round(x + room.width / 2)}" y="${round(y + room.height / 2 + 4)}">${text}</text>`
    }`;
}

/** The first text that fits into a width, or the last one cut; undefined where hardly anything would be left. */
function fit(texts: readonly string[], width: number, perCharacter: number): string | undefined {
  const most = Math.floor(width / perCharacter);
  const whole = texts.find((text) => text.length <= most);
  if (whole !== undefined) return whole;
  const last = texts.at(-1) ?? '';
  return most < 5 ? undefined : `${last.slice(0, most - 1)}…`;
}

/** Smaller types are darker, so that white text stays readable on all of them. */
function shadeOf(color: string, shade: number, isGroup: boolean): string {
  const factor = [1, 0.84, 0.7, 0.6][Math.min(shade, 3)] ?? 0.6;
  const channels = [1, 3, 5].map((at) =>
    Math.round(parseInt(color.slice(at, at + 2), 16) * factor * (isGroup ? 0.8 : 1)),
  );
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
