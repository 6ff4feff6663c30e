/** End-to-end tests: `test/*.e2e-spec.ts` and `test/security`, against the built apps as processes. `npm test` builds them first. */
import { repository, shared } from '../jest.shared.mjs';

/** @type {import('jest').Config} */
export default {
  ...shared,
  rootDir: repository,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.e2e-spec.ts', '**/security/*.security-spec.ts', '**/faults/*.promise-spec.ts'],
  testTimeout: 30_000,
  testEnvironment: '<rootDir>/test/support/environment.cjs',
  setupFilesAfterEnv: ['<rootDir>/test/support/end-with-suite.ts'],
};
