import { fileURLToPath } from 'node:url';

/**
 * @param callee  the function whose caller is sought; it must be on the stack
 * @returns the path of the file that called it, or undefined where the stack does not tell
 */
export function callerFile(callee: (...args: never[]) => unknown): string | undefined {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Error.prepareStackTrace = (_, sites) => sites[0]?.getFileName();
    const trace: { stack?: unknown } = {};
    Error.captureStackTrace(trace, callee);
    const file = trace.stack;
    if (typeof file !== 'string') return undefined;
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } finally {
    if (before) Object.defineProperty(Error, 'prepareStackTrace', before);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
}
