const { ChildProcess } = require('node:child_process');
const { TestEnvironment } = require('jest-environment-node');

const { spawn } = ChildProcess.prototype;

/**
 * Node's environment, which notes every process that a test file starts, by whatever function, and ends what still runs
 * once all of its hooks have run: a test that fails half-way leaves no server behind.
 */
module.exports = class extends TestEnvironment {
  #running = new Set();

  async setup() {
    await super.setup();
    const running = this.#running;
    ChildProcess.prototype.spawn = function (...given) {
      running.add(this);
      this.once('exit', () => running.delete(this));
      return spawn.apply(this, given);
    };
  }

  async teardown() {
    ChildProcess.prototype.spawn = spawn;
    for (const child of this.#running) child.kill('SIGKILL');
    await super.teardown();
  }
};
