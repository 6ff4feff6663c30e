import type { Abstract, INestApplicationContext, Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

/** @returns what the app provides for a token, or undefined if it provides nothing */
export function optional<T>(app: INestApplicationContext, token: Type<T> | Abstract<T>): T | undefined {
  try {
    // Not by the app's own `get`, which logs an error with its stack for what is not there.
    return app.get(ModuleRef).get(token, { strict: false });
  } catch {
    return undefined;
  }
}
