import type { Abstract, INestApplicationContext, Type } from '@nestjs/common';

/** @returns what the app provides for a token, or undefined if it provides nothing */
export function optional<T>(app: INestApplicationContext, token: Type<T> | Abstract<T>): T | undefined {
  try {
    return app.get(token, { strict: false });
  } catch {
    return undefined;
  }
}
