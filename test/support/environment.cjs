/** Node, and: when a test fails, what the programs under test said is shown (`output.ts`). */
const { TestEnvironment } = require('jest-environment-node');

module.exports = class extends TestEnvironment {
  handleTestEvent({ name }) {
    if (name === 'test_fn_failure' || name === 'hook_failure') this.global.showOutput?.();
  }
};
