// Manifests that are taken: defaults, warnings, files and folders.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/manifest/json.h"
#include "supervisor/manifest/load.h"
#include "tests/support/temp_dir.h"

namespace podrun::manifest {
namespace {

const std::string kExamples = MANIFEST_EXAMPLES;

std::vector<std::string> texts(const std::vector<Remark>& remarks) {
  std::vector<std::string> out;
  for (const Remark& remark : remarks) out.push_back(remark.to_string());
  return out;
}

Pod only_pod(const std::string& text) {
  const Loaded loaded = load_text(text, "x", {});
  EXPECT_EQ(texts(loaded.errors), std::vector<std::string>{}) << text;
  EXPECT_EQ(loaded.pods.size(), 1u) << text;
  return loaded.pods.empty() ? Pod{} : loaded.pods[0];
}

const std::string kHead = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n";
/// A pod of one container with further fields, as a flow map's inside.
Container container_with(const std::string& fields) {
  return only_pod(kHead + "  containers: [{name: main, image: kubia, " + fields + "}]\n")
      .spec.containers.at(0);
}

TEST(ManifestLoad, TheLivenessExampleHasKubernetesDefaults) {
  const Loaded loaded = load({kExamples + "/kubia-liveness-probe.yaml"}, {});
  ASSERT_TRUE(loaded.errors.empty());
  EXPECT_TRUE(loaded.warnings.empty());
  ASSERT_EQ(loaded.pods.size(), 1u);
  EXPECT_EQ(to_json(loaded.pods[0]).dump(), nlohmann::ordered_json::parse(R"({
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "kubia-liveness-pod", "namespace": "default"},
    "spec": {
      "containers": [{
        "image": "luksa/kubia-unhealthy", "imagePullPolicy": "Always",
        "livenessProbe": {
          "failureThreshold": 3, "httpGet": {"path": "/", "port": 8080, "scheme": "HTTP"},
          "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1},
        "name": "kubia-liveness-container",
        "ports": [{"containerPort": 8080, "protocol": "TCP"}],
        "resources": {"limits": {"cpu": "500m", "memory": "128Mi"},
                      "requests": {"cpu": "500m", "memory": "128Mi"}},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}],
      "dnsPolicy": "ClusterFirst", "enableServiceLinks": true, "restartPolicy": "Always",
      "schedulerName": "default-scheduler", "securityContext": {},
      "terminationGracePeriodSeconds": 30}})")
                                                .dump());
  EXPECT_EQ(qos_class(loaded.pods[0].spec), QosClass::kGuaranteed);
}

TEST(ManifestLoad, EveryExampleIsTakenWithoutAWarning) {
  const Loaded loaded = load({kExamples}, LoadOptions{true, "default"});
  EXPECT_EQ(texts(loaded.errors), std::vector<std::string>{});
  EXPECT_EQ(texts(loaded.warnings), std::vector<std::string>{});
  EXPECT_GE(loaded.pods.size(), 7u);
}

TEST(ManifestLoad, PullPolicyFollowsTheTag) {
  const std::pair<const char*, const char*> rows[] = {{"kubia", "Always"},
                                                      {"kubia:latest", "Always"},
                                                      {"kubia:1", "IfNotPresent"},
                                                      {"host:5000/kubia", "Always"},
                                                      {"host:5000/kubia:2", "IfNotPresent"},
                                                      {"kubia@sha256:abc", "IfNotPresent"},
                                                      {"kubia:latest@sha256:abc", "Always"}};
  for (const auto& [image, policy] : rows) {
    const Pod pod = only_pod(kHead + "  containers: [{name: main, image: \"" + image + "\"}]\n");
    EXPECT_EQ(pod.spec.containers[0].image_pull_policy, policy) << image;
  }
  EXPECT_EQ(container_with("imagePullPolicy: Never").image_pull_policy, "Never");
}

TEST(ManifestLoad, ZeroesOfAProbeAreDefaulted) {
  const auto probe = container_with(
                         "livenessProbe: {exec: {command: [x]}, timeoutSeconds: 0, periodSeconds: "
                         "0, successThreshold: 0, failureThreshold: 0}")
                         .liveness_probe;
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe->timeout, Seconds(1));
  EXPECT_EQ(probe->period, Seconds(10));
  EXPECT_EQ(probe->success_threshold, 1);
  EXPECT_EQ(probe->failure_threshold, 3);
}

TEST(ManifestLoad, RequestsComeFromLimits) {
  const auto resources =
      container_with("resources: {limits: {cpu: 1, memory: 64Mi}, requests: {cpu: 100m}}")
          .resources;
  EXPECT_EQ(resources.requests.at("cpu").text(), "100m");
  EXPECT_EQ(resources.requests.at("memory").text(), "64Mi");
  EXPECT_EQ(resources.limits.at("cpu").text(), "1");
}

TEST(ManifestLoad, HostNetworkGivesHostPorts) {
  const Pod pod = only_pod(kHead +
                           "  hostNetwork: true\n  containers: [{name: main, image: kubia, ports: "
                           "[{containerPort: 80}]}]\n");
  EXPECT_EQ(pod.spec.containers[0].ports[0].host_port, 80);
}

TEST(ManifestLoad, AVolumeWithoutKindIsAnEmptyDir) {
  const Pod pod = only_pod(kHead +
                           "  containers: [{name: main, image: kubia}]\n"
                           "  volumes: [{name: a}, {name: b, emptyDir: null}]\n");
  EXPECT_TRUE(std::holds_alternative<EmptyDirVolume>(pod.spec.volumes.at(0).source));
  EXPECT_TRUE(std::holds_alternative<EmptyDirVolume>(pod.spec.volumes.at(1).source));
}

TEST(ManifestLoad, NamespaceAndWhatAServerSets) {
  const std::string text =
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  uid: old\n  resourceVersion: \"7\"\n"
      "  creationTimestamp: null\n  managedFields: [{manager: kubectl}]\n"
      "spec: {containers: [{name: main, image: kubia}]}\nstatus: {phase: Running}\n";
  const Loaded loaded = load_text(text, "x", LoadOptions{true, "team"});
  ASSERT_TRUE(loaded.errors.empty()) << loaded.errors[0].to_string();
  EXPECT_TRUE(loaded.warnings.empty());
  EXPECT_EQ(loaded.pods[0].metadata.namespace_, "team");
  EXPECT_EQ(loaded.pods[0].metadata.uid, "");
  EXPECT_EQ(loaded.pods[0].metadata.resource_version, "");
}

TEST(ManifestLoad, ListsAndDocumentsInTheirOrder) {
  const std::string pod =
      "{apiVersion: v1, kind: Pod, metadata: {name: %}, spec: {containers: "
      "[{name: main, image: kubia}]}}";
  const auto named = [&](const std::string& name) {
    std::string text = pod;
    return text.replace(text.find('%'), 1, name);
  };
  const Loaded loaded =
      load_text("# first\n---\n" + named("a") + "\n---\napiVersion: v1\nkind: List\nitems:\n- " +
                    named("b") + "\n- " + named("c") + "\n---\n" + named("d") + "\n",
                "x", {});
  EXPECT_EQ(texts(loaded.errors), std::vector<std::string>{});
  std::string names;
  for (const Pod& each : loaded.pods) names += each.metadata.name;
  EXPECT_EQ(names, "abcd");
}

TEST(ManifestLoad, WarnsOfWhatItDoesNotDo) {
  const std::string text = kHead +
                           "  affinity: {nodeAffinity: {}}\n"
                           "  nodeSelector: {disk: ssd}\n"
                           "  hostUsers: false\n"
                           "  schedulerName: mine\n"
                           "  terminationGracePeriodSeconds: -1\n"
                           "  volume: []\n"
                           "  containers:\n"
                           "  - name: main\n"
                           "    image: kubia\n"
                           "    imagePullPolcy: Never\n"
                           "    ports: [{containerPort: 80, hostPort: 80}]\n"
                           "    env: [{name: A, value: a}, {name: A, value: b}]\n"
                           "    resources: {limits: {memory: 128m}}\n"
                           "    livenessProbe: {httpGet: {port: http}, foo: 1}\n";
  const std::vector<std::string> expected = {
      "x:5: spec.affinity: not supported by podrun run, ignored (the pod runs on this machine)",
      "x:6: spec.nodeSelector: ignored: the pod runs on this machine",
      "x:7: spec.hostUsers: not supported by podrun run, ignored (the pod shares the host's users)",
      "x:8: spec.schedulerName: ignored: the pod runs on this machine",
      "x:9: spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will "
      "be treated as 1",
      "x:10: unknown field \"spec.volume\" (did you mean volumes?)",
      "x:14: unknown field \"spec.containers[0].imagePullPolcy\" (did you mean imagePullPolicy?)",
      "x:15: spec.containers[0].ports[0].hostPort: not supported by podrun run, ignored (pods have "
      "no network of their own yet)",
      "x:16: spec.containers[0].env[1]: hides previous definition of \"A\"",
      "x:17: spec.containers[0].resources.limits[memory]: fractional byte value \"128m\" is "
      "invalid, must be an integer",
      "x:18: unknown field \"spec.containers[0].livenessProbe.foo\"",
      "x:18: spec.containers[0].livenessProbe.httpGet.port: the container has no port named "
      "\"http\": the probe will fail"};
  const Loaded loaded = load_text(text, "x", {});
  EXPECT_EQ(texts(loaded.errors), std::vector<std::string>{});
  EXPECT_EQ(texts(loaded.warnings), expected);
}

TEST(ManifestLoad, StrictRefusesWhatItDoesNotKnowOrDo) {
  const std::string text = kHead +
                           "  affinity: {nodeAffinity: {}}\n"
                           "  nodeSelector: {disk: ssd}\n"
                           "  foo: 1\n"
                           "  containers: [{name: main, image: kubia}]\n";
  const Loaded loaded = load_text(text, "x", LoadOptions{true, "default"});
  const std::vector<std::string> errors = {
      "x:5: spec.affinity: not supported by podrun run (the pod runs on this machine)",
      "x:7: unknown field \"spec.foo\""};
  EXPECT_EQ(texts(loaded.errors), errors);
  EXPECT_EQ(texts(loaded.warnings).size(), 1u);
}

TEST(ManifestLoad, NoFieldIsIgnoredSilently) {
  const std::string text = kHead +
                           "  setHostnameAsFQDN: true\n"
                           "  shareProcessNamespace: true\n"
                           "  subdomain: web\n"
                           "  containers:\n"
                           "  - name: main\n"
                           "    image: kubia\n"
                           "    stdin: true\n"
                           "    stdinOnce: true\n"
                           "    tty: true\n"
                           "    securityContext: {privileged: true}\n"
                           "    volumeMounts:\n"
                           "    - {name: v, mountPath: /v, mountPropagation: Bidirectional}\n"
                           "  volumes: [{name: v, emptyDir: {sizeLimit: 1Gi}}]\n";
  const std::vector<std::string> expected = {
      "x:5: spec.setHostnameAsFQDN: not supported by podrun run (pods have no domain yet)",
      "x:6: spec.shareProcessNamespace: not supported by podrun run (each container sees its own "
      "processes)",
      "x:7: spec.subdomain: not supported by podrun run (pods have no domain yet)",
      "x:16: spec.containers[0].volumeMounts[0].mountPropagation: not supported by podrun run "
      "(what "
      "the container mounts stays with it; the host's mounts reach it)",
      "x:17: spec.volumes[0].emptyDir.sizeLimit: not supported by podrun run (nobody evicts a pod "
      "that exceeds it; with medium Memory it holds)"};
  EXPECT_EQ(texts(load_text(text, "x", LoadOptions{true, "default"}).errors), expected);
  EXPECT_EQ(load_text(text, "x", {}).warnings.size(), expected.size());
}

TEST(ManifestLoad, SaysNothingOfValuesThatAskForNothing) {
  const std::string text =
      kHead +
      "  affinity: {}\n  imagePullSecrets: []\n  hostUsers: true\n"
      "  schedulerName: default-scheduler\n  priority: 0\n"
      "  serviceAccountName: default\n  automountServiceAccountToken: false\n"
      "  os: {name: linux}\n  tolerations: [{operator: Exists}]\n"
      "  shareProcessNamespace: false\n  setHostnameAsFQDN: false\n"
      "  containers: [{name: main, image: kubia, resizePolicy: [], tty: false, "
      "stdin: false}]\n"
      "  volumes: [{name: m, emptyDir: {medium: Memory, sizeLimit: 1Mi}}, {name: z, emptyDir: "
      "{sizeLimit: 0}}]\n";
  const Loaded loaded = load_text(text, "x", LoadOptions{true, "default"});
  EXPECT_EQ(texts(loaded.errors), std::vector<std::string>{});
  EXPECT_EQ(texts(loaded.warnings), std::vector<std::string>{});
}

TEST(ManifestLoad, TheTokenVolumeOfAnExportedPodIsDropped) {
  const std::string text =
      kHead +
      "  containers: [{name: main, image: kubia, volumeMounts: [{name: kube-api-access-x7k2p, "
      "mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true}]}]\n"
      "  volumes: [{name: kube-api-access-x7k2p, projected: {sources: []}}]\n";
  const Loaded loaded = load_text(text, "x", {});
  EXPECT_EQ(texts(loaded.errors), std::vector<std::string>{});
  const std::vector<std::string> warnings = {
      "x:6: spec.volumes[0].projected: not supported by podrun run, ignored (there is no API "
      "server to give a token for)"};
  EXPECT_EQ(texts(loaded.warnings), warnings);
  ASSERT_EQ(loaded.pods.size(), 1u);
  EXPECT_TRUE(loaded.pods[0].spec.volumes.empty());
  EXPECT_TRUE(loaded.pods[0].spec.containers[0].volume_mounts.empty());
}

TEST(ManifestLoad, FoldersInNameOrder) {
  const test::TempDir folder;
  const auto write = [&](const std::string& file, const std::string& name) {
    replace_file(folder / file,
                 "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": "
                 "{\"name\": \"" +
                     name +
                     "\"}, \"spec\": {\"containers\": "
                     "[{\"name\": \"main\", \"image\": \"kubia\"}]}}");
  };
  write("20-b.json", "b");
  write("10-a.yaml", "a");
  write("30-c.yml", "c");
  write("readme.txt", "d");
  const Loaded loaded = load({folder.path()}, {});
  std::string names;
  for (const Pod& pod : loaded.pods) names += pod.metadata.name;
  EXPECT_EQ(names, "abc");
  EXPECT_TRUE(loaded.errors.empty());
}

TEST(ManifestLoad, AFileThatCannotBeReadIsBadInput) {
  try {
    load({"/nonexistent/pod.yaml"}, {});
    FAIL();
  } catch (const BadInput& error) {
    EXPECT_STREQ(error.what(), "open /nonexistent/pod.yaml: No such file or directory");
  }
}

TEST(ManifestLoad, NothingInAFolderOrATextIsBadInputOrNoPods) {
  const test::TempDir folder;
  EXPECT_THROW(load({folder.path()}, {}), BadInput);
  EXPECT_TRUE(load_text("", "x", {}).pods.empty());
  EXPECT_TRUE(load_text("", "x", {}).errors.empty());
}

}  // namespace
}  // namespace podrun::manifest
