import child_process, { type ChildProcess } from 'node:child_process';

declare global {
  /** What this test file has started and what still runs of it; the test environment ends it. */
  var startedChildren: Set<ChildProcess> | undefined;
}

/** Starts a process as `spawn` of Node does, and notes it at once: whatever becomes of the test, it ends with its file. */
export const spawn = ((...given: Parameters<typeof child_process.spawn>) => {
  const child = child_process.spawn(...given);
  globalThis.startedChildren ??= new Set();
  globalThis.startedChildren.add(child);
  child.once('exit', () => globalThis.startedChildren?.delete(child));
  return child;
}) as typeof child_process.spawn;
