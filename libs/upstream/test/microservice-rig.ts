import { Controller, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Ctx,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  RmqContext,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import { EMPTY, NEVER, type Observable } from 'rxjs';

let count = 0;

@Controller()
class WarehouseController {
  @MessagePattern('stock')
  stock(@Payload() { sku }: { sku: string }): object {
    count++;
    return { sku, left: 3, cost: 'secret' };
  }

  @MessagePattern({ cmd: 'headers' })
  headers(@Ctx() context: RmqContext): unknown {
    return (context.getMessage() as { properties: { headers: unknown } }).properties.headers;
  }

  @MessagePattern({ cmd: 'nothing' })
  nothing(): Observable<never> {
    return EMPTY;
  }

  @MessagePattern({ cmd: 'missing' })
  missing(): never {
    throw new RpcException({ statusCode: 404, message: 'secret-word' });
  }

  @MessagePattern({ cmd: 'invalid' })
  invalid(): never {
    throw new RpcException({ statusCode: 422, field: 'sku' });
  }

  @MessagePattern({ cmd: 'broken' })
  broken(): never {
    throw new Error('secret-word');
  }

  @MessagePattern({ cmd: 'silent' })
  silent(): Observable<never> {
    count++;
    return NEVER;
  }

  @MessagePattern({ cmd: 'large' })
  large(): string {
    return 'x'.repeat(2_000);
  }
}

@Module({ controllers: [WarehouseController] })
class WarehouseModule {}

/** A service of `@nestjs/microservices` that runs. */
export interface MicroserviceHost {
  /** Requests that reached its handlers. */
  served(): number;
  close(): Promise<void>;
}

/** Serves the warehouse over a broker on loopback. */
export async function serveMicroservice(kind: 'rmq' | 'redis', port: number): Promise<MicroserviceHost> {
  const host = '127.0.0.1';
  const options: MicroserviceOptions =
    kind === 'rmq'
      ? {
          transport: Transport.RMQ,
          options: {
            urls: [`amqp://guest:guest@${host}:${port}`],
            queue: 'warehouse',
            queueOptions: { durable: false },
          },
        }
      : { transport: Transport.REDIS, options: { host, port } };
  const app: INestMicroservice = await NestFactory.createMicroservice(WarehouseModule, { ...options, logger: false });
  await app.listen();
  return { served: () => count, close: () => app.close() };
}
