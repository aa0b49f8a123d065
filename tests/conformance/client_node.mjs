// Lists, watches and execs with @kubernetes/client-node: client_node.mjs MODULES NAMESPACE
import { createRequire } from "node:module";
import { PassThrough } from "node:stream";

const [modules, namespace] = process.argv.slice(2);
const k8s = createRequire(modules + "/")("@kubernetes/client-node");
const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);
let checks = 0;
function expect(holds, what) {
  checks += 1;
  if (!holds) throw new Error("expected " + what);
}
function within(seconds, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no " + what + " in " + seconds + " s")), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
const pod = (name) => ({
  metadata: { name, labels: { app: "node" } },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: "main", image: "busybox", imagePullPolicy: "Never", command: ["sleep", "1000"] }],
  },
});

// watch: from an empty list on, a pod comes, runs, and goes.
const seen = [];
let running, gone;
const runs = new Promise((resolve) => (running = resolve));
const goes = new Promise((resolve) => (gone = resolve));
const list = await core.listNamespacedPod({ namespace, labelSelector: "app=node" });
expect(list.items.length === 0, "no pod at first");
const watch = new k8s.Watch(config);
const request = await watch.watch(
  `/api/v1/namespaces/${namespace}/pods`,
  { labelSelector: "app=node", resourceVersion: list.metadata.resourceVersion },
  (type, object) => {
    seen.push(type);
    if (object.status?.phase === "Running") running();
    if (type === "DELETED") gone();
  },
  () => {},
);
const made = await core.createNamespacedPod({ namespace, body: pod("one") });
expect(made.metadata.uid, "a uid");
await within(20, runs, "running pod");
expect(seen[0] === "ADDED" && seen.includes("MODIFIED"), "ADDED and MODIFIED, saw " + seen);

// list: typed, by label and by field.
await core.createNamespacedPod({ namespace, body: pod("two") });
const both = await core.listNamespacedPod({ namespace, labelSelector: "app=node", limit: 1 });
expect(both.items.length === 1 && both.metadata._continue, "a first page");
const rest = await core.listNamespacedPod({ namespace, labelSelector: "app=node", _continue: both.metadata._continue });
expect(rest.items.length === 1 && rest.items[0].metadata.name === "two", "the second page");
const one = await core.listNamespacedPod({ namespace, fieldSelector: "metadata.name=one" });
expect(one.items.length === 1 && one.items[0].status.startTime instanceof Date, "one pod with a Date");
expect((await core.listNode()).items.length === 1, "a node");

// exec: output, input, exit codes.
async function run(command, input) {
  const out = new PassThrough(), err = new PassThrough(), texts = { out: "", err: "" };
  out.on("data", (data) => (texts.out += data));
  err.on("data", (data) => (texts.err += data));
  const stdin = input === undefined ? null : new PassThrough();
  const status = new Promise((resolve, reject) => {
    new k8s.Exec(config)
      .exec(namespace, "one", "main", command, out, err, stdin, false, resolve)
      .then(() => stdin?.end(input), reject);
  });
  return { status: await within(20, status, "end of " + command), ...texts };
}
const echo = await run(["sh", "-c", "echo out; echo err >&2"]);
expect(echo.out === "out\n" && echo.err === "err\n", "both streams, got " + JSON.stringify(echo));
expect(echo.status.status === "Success", "Success");
const failed = await run(["sh", "-c", "exit 7"]);
expect(failed.status.reason === "NonZeroExitCode", "NonZeroExitCode");
expect(failed.status.details.causes[0].message === "7", "exit code 7");
const read = await run(["head", "-n", "1"], "a line\n");
expect(read.out === "a line\n", "its own input back, got " + JSON.stringify(read.out));

// errors are typed, too.
const error = await core.readNamespacedPod({ namespace, name: "none" }).then(() => null, (reason) => reason);
expect(error?.code === 404 && error.body.includes('pods \\"none\\" not found'), "404, got " + error);

await core.deleteNamespacedPod({ namespace, name: "one" });
await within(20, goes, "deleted pod");
request.abort();
console.log(checks + " checks of the client");
process.exit(0);
