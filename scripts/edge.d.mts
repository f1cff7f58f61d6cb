export function bundleEdge(): Promise<Readonly<Record<string, string>>>;
export function renderGenerated(codes: Readonly<Record<string, string>>): string;
