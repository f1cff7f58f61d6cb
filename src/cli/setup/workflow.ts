/** The GitHub workflow that `init` writes: a plan for pull requests, a publish for the branch and for releases. */
import { readVersion } from '../version.js';
import type { PackageManager, Project } from './project.js';

const installs: Readonly<Record<PackageManager, string>> = {
  npm: 'npm ci',
  pnpm: 'pnpm install --frozen-lockfile',
  yarn: 'yarn install --immutable',
  bun: 'bun install --frozen-lockfile',
};

/** Tools that are no packages of npm; what sets them up on a runner. */
const tools: Readonly<Record<string, readonly string[]>> = {
  Hugo: ['- uses: peaceiris/actions-hugo@v3', '  with: { hugo-version: latest, extended: true }'],
  Jekyll: ['- uses: ruby/setup-ruby@v1', '  with: { ruby-version: "3.4", bundler-cache: true }'],
  MkDocs: [
    '- uses: actions/setup-python@v6',
    '  with: { python-version: "3.13" }',
    '- run: pip install -r requirements.txt',
  ],
};

export function makeWorkflow(project: Project): string {
  const { branch, site } = project;
  // The tag that moves along with its major version.
  const actionVersion = `v${readVersion().split('.')[0] ?? ''}`;
  return `# Publishes the site; pull requests get a comment that says what would change.
name: publish
on:
  push: { branches: [${JSON.stringify(branch)}] }
  release: { types: [published] }
  pull_request:
  workflow_dispatch:

# One publish after the other. Of those that wait only the newest is kept; one that runs is never cut off.
concurrency:
  group: publish-\${{ github.event_name == 'pull_request' && github.ref || 'live' }}
  cancel-in-progress: false

permissions:
  contents: read
  id-token: write
  pull-requests: write

jobs:
  publish:
    runs-on: ubuntu-latest
    # Set the repository variable AWS_ROLE_ARN to switch this on; forks get no credentials.
    if: vars.AWS_ROLE_ARN != '' && (github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository)
    steps:
      - uses: actions/checkout@v5
${listSteps(project)
  .map((line) => `      ${line}\n`)
  .join('')}      - uses: aws-actions/configure-aws-credentials@v5
        with:
          role-to-assume: \${{ vars.AWS_ROLE_ARN }}
          aws-region: \${{ vars.AWS_REGION || 'us-east-1' }}
      - uses: twinorigin/twinorigin@${actionVersion}
        with:
          command: \${{ github.event_name == 'pull_request' && 'plan' || 'publish' }}
          site: ${site}
`;
}

function listSteps({ generator, manager, build }: Project): readonly string[] {
  const steps: string[] = [...((generator === null ? undefined : tools[generator]) ?? [])];
  if (manager === 'pnpm') steps.push('- uses: pnpm/action-setup@v4');
  if (manager === 'bun') steps.push('- uses: oven-sh/setup-bun@v2');
  if (manager !== null) {
    const cache = manager === 'bun' ? '' : `, cache: ${manager}`;
    steps.push('- uses: actions/setup-node@v5', `  with: { node-version: 24${cache} }`, `- run: ${installs[manager]}`);
  }
  if (build !== null) steps.push(`- run: ${build}`);
  return steps;
}
