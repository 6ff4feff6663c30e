import { isKnown, unknownFields, validate } from '../checks/kubernetes-schema.js';
import { type Labels, type Manifest, manifests } from '../checks/manifests.js';
import { knownVariables } from '../checks/compose.js';
import { environmentOf } from '../checks/dockerfile.js';

const all = manifests();
const apps = ['web', 'mobile'];
const known = all.filter(isKnown);

/** The object of a kind and a name; fails the test where there is not exactly one. */
function one<T>(kind: string, name: string): T {
  const found = all.filter(({ kind: its, metadata }) => its === kind && metadata?.name === name);
  expect(found).toHaveLength(1);
  return found[0] as T;
}

describe('the Kubernetes manifests', () => {
  it.each(known.map(manifest => [`${manifest.file}: ${manifest.kind}`, manifest] as const))(
    '%s is as the schema says',
    (_, manifest) => expect(() => validate(manifest)).not.toThrow(),
  );

  it('have no field that the schema does not have', () => {
    expect(unknownFields(known)).toEqual([]);
  });

  it('are refused where they are wrong', () => {
    const deployment = one<Manifest>('Deployment', 'web');
    const spoilt = JSON.parse(
      JSON.stringify(deployment).replace('"periodSeconds":2', '"periodSeconds":"2s"'),
    ) as Manifest;
    expect(() => validate(spoilt)).toThrow(/periodSeconds/);
    const misspelt = JSON.parse(JSON.stringify(deployment).replace('"fsGroup"', '"fsgroup"')) as Manifest;
    expect(unknownFields([deployment, misspelt])).toEqual([expect.stringMatching(/web\/deployment.yaml: .*fsgroup/)]);
  }, 30_000);

  it('are all applied, but for the templates of secrets', () => {
    const { resources, images } = all.find(({ kind }) => kind === 'Kustomization') as unknown as {
      resources: string[];
      images: { name: string }[];
    };
    const files = new Set(all.filter(({ kind }) => kind !== 'Kustomization').map(({ file }) => file));
    const templates = [...files].filter(file => file.endsWith('.example.yaml'));
    expect(templates).toHaveLength(2);
    expect(resources.toSorted()).toEqual([...files].filter(file => !templates.includes(file)).toSorted());
    expect(images.map(({ name }) => name)).toEqual(apps.map(app => podOf(app).spec.containers[0]!.image));
  });

  it('hold no secret, only the names of what must be there', () => {
    const secrets = all.filter(({ kind }) => kind === 'Secret') as unknown as { stringData: Labels; data?: unknown }[];
    for (const { stringData, data } of secrets) {
      expect(Object.values(stringData).every(value => value === '')).toBe(true);
      expect(data).toBeUndefined();
    }
  });

  it('say the same of both apps, but for their names and settings', () => {
    const generic = (app: string) =>
      JSON.stringify(
        all.filter(({ file, kind }) => file.startsWith(`${app}/`) && !['ConfigMap', 'Secret'].includes(kind)),
      ).replaceAll(app, 'APP');
    expect(generic('web')).toBe(generic('mobile'));
  });
});

describe.each(apps)('%s on Kubernetes', app => {
  const pod = podOf(app);
  const container = pod.spec.containers[0]!;

  it('is selected by what its pods are labelled with', () => {
    for (const kind of ['Deployment', 'PodDisruptionBudget', 'NetworkPolicy', 'Service'] as const) {
      const { spec } = one<{
        spec: { selector?: { matchLabels: Labels } & Labels; podSelector?: { matchLabels: Labels } };
      }>(kind, app);
      const selector = spec.selector?.matchLabels ?? spec.podSelector?.matchLabels ?? spec.selector;
      expect(pod.metadata.labels).toMatchObject(selector!);
    }
    for (const { labelSelector } of pod.spec.topologySpreadConstraints)
      expect(pod.metadata.labels).toMatchObject(labelSelector.matchLabels);
    const monitored = one<{ spec: { selector: { matchLabels: Labels }; endpoints: { port: string }[] } }>(
      'ServiceMonitor',
      app,
    );
    const management = one<Manifest & { spec: { ports: { name: string }[] } }>('Service', `${app}-management`);
    expect(management.metadata.labels).toMatchObject(monitored.spec.selector.matchLabels);
    expect(one<Manifest>('Service', app).metadata.labels).not.toMatchObject(monitored.spec.selector.matchLabels);
    expect(management.spec.ports.map(({ name }) => name)).toEqual(monitored.spec.endpoints.map(({ port }) => port));
  });

  it('has ports that the image listens on, and everybody names them', () => {
    const { PORT, MANAGEMENT_PORT } = environmentOf('app');
    expect(container.ports).toEqual([
      { name: 'http', containerPort: Number(PORT) },
      { name: 'management', containerPort: Number(MANAGEMENT_PORT) },
    ]);
    const names = container.ports.map(({ name }) => name);
    for (const service of [app, `${app}-management`]) {
      const { spec } = one<{ spec: { ports: { targetPort: string }[] } }>('Service', service);
      for (const { targetPort } of spec.ports) expect(names).toContain(targetPort);
    }
    const { spec } = one<{ spec: { ingress: { ports: { port: string }[] }[] } }>('NetworkPolicy', app);
    expect(spec.ingress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual(names);
  });

  it('is probed where the app answers, as its drain counts on', () => {
    const get = (path: string) => ({ httpGet: { path, port: 'http' } });
    expect(container.startupProbe).toMatchObject(get('/health/startup'));
    expect(container.livenessProbe).toMatchObject(get('/health/live'));
    expect(container.readinessProbe).toEqual({
      ...get('/health/ready'),
      periodSeconds: 2,
      failureThreshold: 2,
      successThreshold: 1,
      timeoutSeconds: 1,
    });
    expect(pod.spec.terminationGracePeriodSeconds).toBe(30);
    expect(container).not.toHaveProperty('lifecycle');
  });

  it('may nothing that it need not', () => {
    expect(pod.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources).toMatchObject({ requests: { cpu: '1' }, limits: { memory: '512Mi' } });
  });

  it('is told only what it knows, all of which is there, and production has what it insists on', () => {
    const shared = one<{ data: Labels }>('ConfigMap', 'guichet').data;
    const own = one<{ data: Labels }>('ConfigMap', app).data;
    const secret = one<{ stringData: Labels }>('Secret', app).stringData;
    expect(container.envFrom).toEqual([
      { configMapRef: { name: 'guichet' } },
      { configMapRef: { name: app } },
      { secretRef: { name: app } },
    ]);
    const told = [...Object.keys({ ...shared, ...own, ...secret }), ...container.env.map(({ name }) => name)];
    expect(told.filter(name => !knownVariables().has(name))).toEqual(['HOST_IP']);
    expect(Object.keys(own).some(name => ['PUBLIC_ORIGIN', 'ALLOWED_HOSTS'].includes(name))).toBe(true);
  });

  it('has a place for the snapshot, and believes the networks that it may reach', () => {
    const { DISCOVERY_SNAPSHOT_FILE: file, DISCOVERY_ALLOWED_CIDRS: cidrs } = one<{ data: Labels }>(
      'ConfigMap',
      'guichet',
    ).data;
    expect(container.volumeMounts.map(({ mountPath }) => mountPath)).toEqual([file!.slice(0, file!.lastIndexOf('/'))]);
    expect(pod.spec.volumes.map(({ name }) => name)).toEqual(container.volumeMounts.map(({ name }) => name));
    const { spec } = one<{ spec: { egress: { to: { ipBlock: { cidr: string } }[] }[] } }>('NetworkPolicy', app);
    expect(spec.egress[0]!.to[0]!.ipBlock.cidr).toBe(cidrs);
  });

  it('scales what is deployed, and never all of it is taken away at once', () => {
    const { spec } = one<{ spec: { scaleTargetRef: unknown; minReplicas: number } }>('HorizontalPodAutoscaler', app);
    expect(spec.scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: app });
    expect(spec.minReplicas).toBeGreaterThan(
      one<{ spec: { maxUnavailable: number } }>('PodDisruptionBudget', app).spec.maxUnavailable,
    );
    expect(one<{ spec: object }>('Deployment', app).spec).not.toHaveProperty('replicas');
  });
});

interface Container {
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly envFrom: readonly unknown[];
  readonly env: readonly { readonly name: string }[];
  readonly resources: unknown;
  readonly securityContext: unknown;
  readonly startupProbe: unknown;
  readonly readinessProbe: unknown;
  readonly livenessProbe: unknown;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Pod {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly terminationGracePeriodSeconds: number;
    readonly topologySpreadConstraints: readonly { readonly labelSelector: { readonly matchLabels: Labels } }[];
    readonly containers: readonly Container[];
    readonly volumes: readonly { readonly name: string }[];
  };
}

function podOf(app: string): Pod {
  const deployment = all.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === app);
  return (deployment as unknown as { spec: { template: Pod } }).spec.template;
}
