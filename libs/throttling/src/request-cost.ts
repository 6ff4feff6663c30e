import { SetMetadata, type Type } from '@nestjs/common';
import { HANDLER_METADATA } from 'guichet/kernel';

const COST = HANDLER_METADATA.cost;

/**
 * Says what a request of a controller or handler costs against every limit.
 * @param units  an integer >= 1
 */
export const Cost = (units: number): ClassDecorator & MethodDecorator => SetMetadata(COST, units);

/** What a request costs where no {@link Cost} says it. A port: an app's boot makes pages cost by their fan-out. */
export abstract class DefaultCost {
  /** @returns cost units, an integer >= 1 */
  abstract of(controller: Type): number;
}

/** @returns the cost units that decorators give, or undefined */
export function declaredCost(controller: Type, handler: Function): number | undefined {
  return (Reflect.getMetadata(COST, handler) ?? Reflect.getMetadata(COST, controller)) as number | undefined;
}
