import { fileURLToPath } from 'node:url';
import { credentials, makeClientConstructor, type ServiceDefinition, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { RawPrice } from './payload.js';

const SERVICE = 'shop.pricing.v1.Pricing';

// From where this runs, which is .cache/bench/pages/film.
const proto = fileURLToPath(new URL('../../../../libs/shop/src/pricing.proto', import.meta.url));
const definition = loadSync(proto, { enums: String })[SERVICE] as ServiceDefinition;
const { pricing } = JSON.parse(process.env['BENCH_PORTS']!) as Record<string, number>;
const Client = makeClientConstructor(definition, SERVICE);

/** The pricing service by grpc-js, as its own documentation begins: everything at its default. */
export const pricingClient = new Client(`127.0.0.1:${pricing}`, credentials.createInsecure()) as unknown as {
  GetQuote(
    request: { sku: string; tier: string },
    options: { deadline: number },
    done: (error: ServiceError | null, price: RawPrice) => void,
  ): void;
};
