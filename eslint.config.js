import js from '@eslint/js';
import ts from 'typescript-eslint';

/**
 * The layers of src/README.md: cli -> report -> release -> build -> site. Each room lists the rooms it may not import.
 * `aws` and `local` implement the ports of `release` and `provision`; only `cli` joins them.
 */
const outer = ['cli', 'report', 'aws', 'local', 'migrate', 'provision', 'dns', 'ssh'];
const forbidden = {
  site: [...outer, 'release', 'build', 'webserver'],
  build: [...outer, 'release', 'webserver'],
  release: outer,
  aws: ['cli', 'report', 'local', 'site/references'],
  local: ['cli', 'report', 'aws'],
  dns: ['cli', 'report', 'aws', 'local', 'site', 'build', 'release'],
  ssh: ['cli', 'report', 'aws', 'local', 'migrate', 'provision', 'dns', 'site/references'],
  edge: [...outer, 'release', 'build', 'site', 'webserver'],
  webserver: [...outer, 'release', 'site/references'],
  report: ['cli', 'aws', 'local'],
  cli: ['action'],
  action: ['aws', 'local', 'migrate', 'provision', 'release', 'build', 'site'],
  provision: ['cli', 'report', 'aws', 'local', 'migrate', 'release', 'site/references'],
  migrate: ['cli', 'report', 'aws', 'local', 'provision'],
};

const layers = Object.entries(forbidden).map(([room, rooms]) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: rooms.map((name) => `**/${name}/**`),
            message: `src/${room} may not know this room (see eslint.config.js).`,
          },
          ...(room === 'aws' ? [] : [{ group: ['@aws-sdk/*', '@smithy/*'], message: 'Only src/aws speaks to AWS.' }]),
          ...(room === 'site' || room === 'build'
            ? [{ group: ['node:http', 'node:https', 'node:net', 'undici'], message: `src/${room} knows no network.` }]
            : []),
        ],
      },
    ],
  },
}));

export default ts.config(
  { ignores: ['dist/', 'coverage/', 'sample-site/', 'test/fixtures/', '.twinorigin/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...ts.configs.recommendedTypeChecked, ...ts.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './test/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-control-regex': 'off',
      'no-console': 'error',
    },
  },
  { files: ['src/**/*.ts'], rules: { 'max-lines': ['error', { max: 320, skipBlankLines: true, skipComments: true }] } },
  {
    // CloudFront Functions can run none of what these rules ask for.
    files: ['src/edge/**/*.ts'],
    rules: {
      '@typescript-eslint/prefer-for-of': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      '@typescript-eslint/prefer-optional-chain': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { caughtErrorsIgnorePattern: '^_' }],
    },
  },
  ...layers,
  {
    files: ['scripts/**', 'eslint.config.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        performance: 'readonly',
        URLSearchParams: 'readonly',
      },
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
