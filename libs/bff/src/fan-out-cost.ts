import { Injectable, type Type } from '@nestjs/common';
import { PageRegistry } from 'guichet/page';
import { DefaultCost } from 'guichet/throttling';

/** What a request costs against limits: a page as much as it has sections, for these are what it asks of upstreams; anything else 1. */
@Injectable()
export class FanOutCost extends DefaultCost {
  private readonly costs = new Map<string, number>();

  constructor(private readonly pages: PageRegistry) {
    super();
  }

  override of(controller: Type): number {
    if (this.costs.size === 0) {
      for (const { name, sections } of this.pages.plans) this.costs.set(name, Math.max(1, sections.length));
    }
    return this.costs.get(controller.name) ?? 1;
  }
}
