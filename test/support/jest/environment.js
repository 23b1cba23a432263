const { TestEnvironment } = require('jest-environment-node');

/** Node's environment, which ends what a test file has started and not ended, once all of its hooks have run. */
module.exports = class extends TestEnvironment {
  async teardown() {
    for (const child of this.global.startedChildren ?? []) child.kill('SIGKILL');
    await super.teardown();
  }
};
