import {
  type sendUnaryData,
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import { loadService } from './load-service.js';

interface Asked {
  /** The empty one is the server as a whole. */
  readonly service: string;
}
type Watching = ServerWritableStream<Asked, object>;

/** `grpc.health.v1` of a server: what Consul's gRPC check asks. It serves until it is told to end. */
export class GrpcHealth {
  private readonly watching = new Set<Watching>();
  private isServing = true;

  /** @param service  the one that is served, with its package */
  constructor(private readonly service: string) {}

  addTo(server: Server): void {
    server.addService(loadService(new URL('./health.proto', import.meta.url), 'grpc.health.v1.Health'), {
      Check: ({ request }: ServerUnaryCall<Asked, object>, answer: sendUnaryData<object>) => {
        if (this.isKnown(request)) answer(null, this.answer);
        else answer({ code: status.NOT_FOUND, details: 'There is no such service.' });
      },
      Watch: (call: Watching) => {
        if (!this.isKnown(call.request)) {
          call.write({ status: 'SERVICE_UNKNOWN' });
          return;
        }
        this.watching.add(call);
        call.once('cancelled', () => this.watching.delete(call));
        call.write(this.answer);
      },
    });
  }

  /** It serves no longer, and says so to all who watch. */
  end(): void {
    this.isServing = false;
    for (const call of this.watching) {
      call.write(this.answer);
      call.end();
    }
  }

  private isKnown({ service }: Asked): boolean {
    return service === '' || service === this.service;
  }

  private get answer(): object {
    return { status: this.isServing ? 'SERVING' : 'NOT_SERVING' };
  }
}
