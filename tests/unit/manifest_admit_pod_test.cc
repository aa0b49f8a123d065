// admit(): decoding, metadata and pods.
#include <gtest/gtest.h>

#include <string>

#include "manifest_admit.h"
#include "supervisor/manifest/admit.h"
#include "supervisor/manifest/formats.h"

namespace podrun::manifest {
namespace {

using Json = AdmitJson;

constexpr Kind kPod{"", "v1", "Pod"};

const std::string kSmall = R"(
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: main
    image: kubia
)";

TEST(ManifestAdmitPod, HasAllOfKubernetesDefaults) {
  const Json expected = Json::parse(R"({
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
    "spec": {
      "containers": [{
        "image": "kubia", "imagePullPolicy": "Always", "name": "main", "resources": {},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}],
      "dnsPolicy": "ClusterFirst", "enableServiceLinks": true,
      "preemptionPolicy": "PreemptLowerPriority", "priority": 0,
      "restartPolicy": "Always", "schedulerName": "default-scheduler", "securityContext": {},
      "serviceAccount": "default", "serviceAccountName": "default",
      "terminationGracePeriodSeconds": 30,
      "tolerations": [
        {"effect": "NoExecute", "key": "node.kubernetes.io/not-ready", "operator": "Exists",
         "tolerationSeconds": 300},
        {"effect": "NoExecute", "key": "node.kubernetes.io/unreachable", "operator": "Exists",
         "tolerationSeconds": 300}]},
    "status": {"phase": "Pending", "qosClass": "BestEffort"}})");
  EXPECT_EQ(admitted(kPod, kSmall).dump(1), expected.dump(1));
}

TEST(ManifestAdmitPod, DefaultsTheInside) {
  const Json spec = admitted(kPod, R"({
    "metadata": {"name": "web"},
    "spec": {"containers": [{
      "name": "main", "image": "kubia:1",
      "ports": [{"containerPort": 8080}],
      "env": [{"name": "A", "value": ""}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
      "livenessProbe": {"httpGet": {"port": 8080}, "timeoutSeconds": 0},
      "resources": {"limits": {"cpu": "0.5", "memory": "1024Ki"}},
      "stdin": false, "command": []}],
     "volumes": [{"name": "a"}, {"name": "b", "configMap": {"name": "c"}},
       {"name": "d", "hostPath": {"path": "/tmp"}},
       {"name": "e", "downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
       {"name": "f", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}, {"secret": {"name": "s"}},
         {"downwardAPI": {"items": [{"path": "m", "resourceFieldRef": {"containerName": "main", "resource": "limits.memory"}}]}}]}}]}})")
      ["spec"];
  const Json& container = spec["containers"][0];
  EXPECT_EQ(container["imagePullPolicy"], "IfNotPresent");
  EXPECT_EQ(container["ports"].dump(), R"([{"containerPort":8080,"protocol":"TCP"}])");
  EXPECT_EQ(
      container["env"].dump(),
      R"([{"name":"A"},{"name":"B","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}}])");
  EXPECT_EQ(
      container["livenessProbe"].dump(),
      R"({"failureThreshold":3,"httpGet":{"path":"/","port":8080,"scheme":"HTTP"},"periodSeconds":10,"successThreshold":1,"timeoutSeconds":1})");
  EXPECT_EQ(container["resources"].dump(),
            R"({"limits":{"cpu":"500m","memory":"1Mi"},"requests":{"cpu":"500m","memory":"1Mi"}})");
  EXPECT_FALSE(container.contains("stdin"));
  EXPECT_FALSE(container.contains("command"));
  EXPECT_EQ(
      spec["volumes"].dump(),
      R"([{"emptyDir":{},"name":"a"},{"configMap":{"defaultMode":420,"name":"c"},"name":"b"},)"
      R"({"hostPath":{"path":"/tmp","type":""},"name":"d"},)"
      R"({"downwardAPI":{"defaultMode":420,"items":[{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.labels"},"path":"l"}]},"name":"e"},)"
      R"({"name":"f","projected":{"defaultMode":420,"sources":[{"serviceAccountToken":{"expirationSeconds":3600,"path":"t"}},{"secret":{"name":"s"}},)"
      R"({"downwardAPI":{"items":[{"path":"m","resourceFieldRef":{"containerName":"main","divisor":"0","resource":"limits.memory"}}]}}]}}])");
}

TEST(ManifestAdmitPod, KeepsWhatItDoesNotActOn) {
  const std::string text = R"({
    "metadata": {"name": "web", "uid": "u-1", "resourceVersion": "7", "generation": 3,
      "creationTimestamp": "2026-01-02T03:04:05Z",
      "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:spec": {}}}]},
    "spec": {"containers": [{"name": "main", "image": "kubia", "volumeDevices": [{"name": "x"}]}],
      "readinessGates": [{"weight": 1.5}], "nodeName": "here"},
    "status": {"phase": "Running", "podIP": "10.0.0.1"}})";
  const Admission admission = admit(kPod, text);
  EXPECT_EQ(admission.malformed, "");
  EXPECT_EQ(error_texts(admission), Texts{});
  EXPECT_EQ(admission.warnings, (Texts{"spec.containers[0].volumeDevices: not supported by podrun",
                                       "spec.readinessGates: not supported by podrun"}));
  const Json& object = admission.object;
  EXPECT_EQ(object["metadata"]["uid"], "u-1");
  EXPECT_EQ(object["metadata"]["generation"], 3);
  EXPECT_EQ(object["metadata"]["managedFields"][0]["fieldsV1"].dump(), R"({"f:spec":{}})");
  EXPECT_EQ(object["spec"]["readinessGates"].dump(), R"([{"weight":1.5}])");
  EXPECT_EQ(object["spec"]["nodeName"], "here");
  EXPECT_EQ(object["status"].dump(),
            R"({"phase":"Running","podIP":"10.0.0.1","qosClass":"BestEffort"})");
}

TEST(ManifestAdmitPod, NamesUnknownAndDuplicateFields) {
  const Admission json = admit(
      kPod,
      R"({"metadata": {"name": "web", "nme": 1}, "spec": {"containers": [{"name": "a", "image": "x",
      "image": "y", "imagePullPolcy": "Never"}]}, "foo": {"bar": 1}})");
  EXPECT_EQ(
      json.strict,
      (Texts{R"(unknown field "metadata.nme")", R"(duplicate field "spec.containers[0].image")",
             R"(unknown field "spec.containers[0].imagePullPolcy")", R"(unknown field "foo")"}));
  EXPECT_EQ(json.object["spec"]["containers"][0]["image"], "y");
  EXPECT_FALSE(json.object.contains("foo"));
  const Admission yaml = admit(kPod, kSmall + "  restartPolicy: Never\n  restartPolicy: Always\n");
  EXPECT_EQ(yaml.strict, (Texts{R"(duplicate field "spec.restartPolicy")"}));
  EXPECT_EQ(yaml.object["spec"]["restartPolicy"], "Always");
}

TEST(ManifestAdmitPod, RefusesWhatCannotBeDecoded) {
  const std::string handled = R"(Pod in version "v1" cannot be handled as a Pod: )";
  const std::string unmarshal = handled + "json: cannot unmarshal ";
  const std::string unrecognized =
      "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json "
      "parse error: ";
  const struct {
    std::string text, malformed;
  } rows[] = {
      {R"({"spec": {"containers": [{"image": 1}]}})",
       unmarshal + "number into Go struct field Container.spec.containers.image of type string"},
      {R"({"spec": {"containers": {}}})",
       unmarshal + "object into Go struct field PodSpec.spec.containers of type []v1.Container"},
      {R"({"spec": {"containers": ["a"]}})",
       unmarshal + "string into Go struct field PodSpec.spec.containers of type v1.Container"},
      {R"({"spec": {"activeDeadlineSeconds": 1.5}})",
       unmarshal +
           "number 1.5 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64"},
      {R"({"spec": []})", unmarshal + "array into Go struct field Pod.spec of type v1.PodSpec"},
      {R"({"metadata": {"labels": {"a.b": true}}})",
       unmarshal + "bool into Go struct field ObjectMeta.metadata.labels of type string"},
      {"[]", unmarshal + "array into Go value of type v1.Pod"},
      {R"({"spec": {"containers": [{"resources": {"limits": {"cpu": "x"}}}]}})",
       handled + "quantities must match the regular expression "
                 "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"},
      {R"({"apiVersion": "apps/v1", "kind": "Pod"})",
       "the API version in the data (apps/v1) does not match the expected API version (v1)"},
      {R"({"kind": "Node"})", "the kind in the data (Node) does not match the expected kind (Pod)"},
      {"", unrecognized + "unexpected end of JSON input (<empty>)"},
      {R"({"kind": )", unrecognized + "unexpected end of JSON input ({\"kind\": )"},
      {"{bad",
       unrecognized + "invalid character 'b' looking for beginning of object key string ({bad)"},
      {R"({"metadata": {"name": "a"}, "spec": [)",
       unrecognized + R"(unexpected end of JSON input ({"metadata": {"name": "a"}, "s ...))"},
      {"a: [",
       "the object provided is unrecognized (must be of type Pod): yaml: did not find "
       "expected node content (613a205b)"},
      {R"({"spec": {"volumes": [{"name": "a", "nfs": "x"}]}})",
       unmarshal +
           "string into Go struct field Volume.spec.volumes.nfs of type map[string]interface {}"},
  };
  for (const auto& row : rows) {
    const Admission admission = admit(kPod, row.text);
    EXPECT_EQ(admission.malformed, row.malformed) << row.text;
    EXPECT_TRUE(admission.object.is_null());
  }
  EXPECT_EQ(admit({"", "v2", "Pod"}, "{}").malformed,
            R"(no kind "Pod" is registered for version "v2")");
}

TEST(ManifestAdmitPod, ReportsAllErrorsAtOnce) {
  EXPECT_EQ(errors_of(kPod, "{}"), (Texts{"metadata.name: Required value: name or generateName is "
                                          "required",
                                          "spec.containers: Required value"}));
  const Texts errors = errors_of(
      kPod, R"({"metadata": {"name": "Web", "labels": {"-a": "b"}}, "spec": {"restartPolicy": "x",
        "containers": [{"name": "a", "image": "x", "ports": [{"containerPort": 0}]}]}})");
  ASSERT_EQ(errors.size(), 4u);
  EXPECT_TRUE(errors[0].starts_with(R"(metadata.name: Invalid value: "Web": a lowercase RFC 1123)"))
      << errors[0];
  EXPECT_TRUE(errors[1].starts_with("metadata.labels: Invalid value: \"-a\": ")) << errors[1];
  EXPECT_EQ(
      errors[2],
      R"(spec.restartPolicy: Unsupported value: "x": supported values: "Always", "OnFailure", "Never")");
  EXPECT_EQ(errors[3], "spec.containers[0].ports[0].containerPort: Required value");
}

Texts update_errors(const std::string& old, const std::string& text) {
  return error_texts(admit_update(kPod, text, admit(kPod, old).object));
}

TEST(ManifestAdmitPod, UpdatesMayChangeFewFields) {
  const Json old = admitted(kPod, kSmall);
  const auto changed = [&](const std::string& pointer, const Json& value) {
    Json object = old;
    object[Json::json_pointer(pointer)] = value;
    return error_texts(admit_update(kPod, object.dump(), old));
  };
  EXPECT_EQ(changed("/spec/containers/0/image", "kubia:2"), Texts{});
  EXPECT_EQ(changed("/spec/activeDeadlineSeconds", 5), Texts{});
  EXPECT_EQ(changed("/spec/tolerations/2", {{"operator", "Exists"}}), Texts{});
  EXPECT_EQ(changed("/spec/nodeName", "here"), Texts{});
  EXPECT_EQ(changed("/metadata/labels", {{"a", "b"}}), Texts{});
  const std::string rule =
      "spec: Forbidden: pod updates may not change fields other than "
      "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
      "`spec.tolerations` (only additions to existing "
      "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
      "previously negative)\n  ";
  EXPECT_EQ(changed("/spec/terminationGracePeriodSeconds", 5),
            (Texts{rule + "spec.terminationGracePeriodSeconds"}));
  EXPECT_EQ(changed("/spec/containers/0/ports", Json::array({{{"containerPort", 1}}})),
            (Texts{rule + "spec.containers[0].ports"}));
  EXPECT_EQ(changed("/spec/containers/1", {{"name", "b"}, {"image", "x"}}),
            (Texts{"spec.containers: Forbidden: pod updates may not add or remove containers"}));
}

TEST(ManifestAdmitPod, UpdatesCarryTheServersMetadataOver) {
  Json old = admitted(kPod, kSmall);
  old["metadata"] = {{"creationTimestamp", "2026-01-02T03:04:05Z"},
                     {"generation", 4},
                     {"name", "web"},
                     {"uid", "u-1"}};
  Json object = old;
  object["metadata"] = {{"name", "web"}, {"generation", 9}, {"deletionTimestamp", "x"}};
  const Admission admission = admit_update(kPod, object.dump(), old);
  EXPECT_EQ(error_texts(admission), Texts{});
  EXPECT_EQ(admission.object["metadata"].dump(), old["metadata"].dump());
  object["metadata"]["creationTimestamp"] = "2026-01-02T03:04:06Z";
  EXPECT_EQ(
      error_texts(admit_update(kPod, object.dump(), old)),
      (Texts{
          "metadata.creationTimestamp: Invalid value: 2026-01-02T03:04:06Z: field is immutable"}));
}

TEST(ManifestAdmitPod, GatesAreOnlyLifted) {
  const auto gated = [](const std::string& gates) {
    return kSmall + "  serviceAccountName: default\n  schedulingGates: [" + gates + "]\n";
  };
  const Admission made = admit(kPod, gated("{name: a}, {name: b}"));
  EXPECT_EQ(error_texts(made), Texts{});
  EXPECT_EQ(made.warnings, Texts{});
  EXPECT_EQ(update_errors(gated("{name: a}, {name: b}"), gated("{name: b}")), Texts{});
  EXPECT_EQ(update_errors(gated("{name: a}"), gated("")), Texts{});
  EXPECT_EQ(update_errors(gated("{name: a}"), gated("{name: c}")),
            Texts{"spec.schedulingGates: Forbidden: only deletion is allowed, but found new "
                  "scheduling gate 'c'"});
  EXPECT_EQ(errors_of(kPod, gated("{name: a}, {name: a}") + "  nodeName: here\n"),
            (Texts{"spec.schedulingGates[1]: Duplicate value: \"a\"",
                   "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been "
                   "cleared"}));
}

TEST(ManifestAdmitPod, Dns) {
  const auto errors = [](const std::string& dns) { return errors_of(kPod, kSmall + dns); };
  EXPECT_EQ(errors("  dnsPolicy: None\n  dnsConfig: {searches: [a.b]}\n"),
            Texts{"spec.dnsConfig.nameservers: Required value: must provide at least one DNS "
                  "nameserver when `dnsPolicy` is None"});
  EXPECT_EQ(
      errors("  dnsConfig: {nameservers: [1.1.1.1, 2.2.2.2, x, 3.3.3.3], searches: "
             "[a.b., ., -], options: [{value: a}, {name: ndots}]}\n"),
      (Texts{"spec.dnsConfig.nameservers: Invalid value: []string{\"1.1.1.1\", \"2.2.2.2\", "
             "\"x\", \"3.3.3.3\"}: must not have more than 3 nameservers",
             "spec.dnsConfig.nameservers[2]: Invalid value: \"x\": " + check_ip("x")[0],
             "spec.dnsConfig.searches[2]: Invalid value: \"-\": " + check_dns1123_subdomain("-")[0],
             "spec.dnsConfig.options[0]: Required value: must not be empty"}));
}

TEST(ManifestAdmitPod, SpreadAndVolumes) {
  const auto errors = [](const std::string& spread) {
    return errors_of(kPod, kSmall + "  topologySpreadConstraints: [" + spread + "]\n");
  };
  const std::string zone = "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}";
  const std::string at = "spec.topologySpreadConstraints[0].";
  EXPECT_EQ(errors(zone), Texts{});
  EXPECT_EQ(errors(zone + ", " + zone),
            Texts{at + "{topologyKey, whenUnsatisfiable}: Duplicate value: \"{zone, "
                       "DoNotSchedule}\""});
  EXPECT_EQ(errors("{minDomains: 0, nodeTaintsPolicy: x}"),
            (Texts{at + "maxSkew: Invalid value: 0: must be greater than zero",
                   at + "topologyKey: Required value: can not be empty",
                   at + "whenUnsatisfiable: Unsupported value: \"\": supported values: "
                        "\"DoNotSchedule\", \"ScheduleAnyway\"",
                   at + "minDomains: Invalid value: 0: must be greater than zero",
                   at + "minDomains: Invalid value: 0: can only use minDomains if "
                        "whenUnsatisfiable=DoNotSchedule, not ",
                   at + "nodeTaintsPolicy: Unsupported value: \"x\": supported values: \"Honor\", "
                        "\"Ignore\""}));
  EXPECT_EQ(errors_of(kPod, kSmall + "  securityContext: {fsGroupChangePolicy: Never}\n"),
            Texts{"spec.securityContext.fsGroupChangePolicy: Unsupported value: \"Never\": "
                  "supported values: \"Always\", \"OnRootMismatch\""});
}

TEST(ManifestAdmitPod, HasThePriorityOfItsClass) {
  const auto priority = [](const std::string& of_class) {
    return admitted(kPod, kSmall + "  priorityClassName: " + of_class + "\n")["spec"]["priority"];
  };
  EXPECT_EQ(priority("system-cluster-critical"), 2000000000);
  EXPECT_EQ(priority("system-node-critical"), 2000001000);
}

TEST(ManifestAdmitPod, MayNotBeOfAnEvent) {
  const auto owned = [](const std::string& owners) {
    return errors_of(kPod, R"({"metadata": {"name": "web", "ownerReferences": [)" + owners +
                               R"(]}, "spec": {"containers": [{"name": "a", "image": "x"}]}})");
  };
  EXPECT_EQ(owned(R"({"apiVersion": "v1", "kind": "Event", "name": "e", "uid": "1"})"),
            Texts{R"(metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event",)"
                  R"("name":"e","uid":"1"}: /v1, Kind=Event is disallowed from being an owner)"});
  EXPECT_EQ(owned(R"({"apiVersion": "a/v1", "kind": "Event", "name": "e", "uid": "1"})"), Texts{});
}

TEST(ManifestAdmitPod, NewOnesAreWarnedOfDotsInTheirNames) {
  const Newcomer newcomer{"u", "s"};
  const std::string spec = R"(, "spec": {"containers": [{"name": "a", "image": "x"}]}})";
  const std::string dotted = R"({"metadata": {"name": "a.b"})" + spec;
  const std::string end =
      ", which can result in surprising behavior; a DNS label is recommended: [must not contain "
      "dots]";
  EXPECT_EQ(admit(kPod, dotted, &newcomer).warnings,
            Texts{"metadata.name: this is used in the Pod's hostname" + end});
  EXPECT_EQ(admit(kPod, dotted).warnings, Texts{}) << "it is there already";
  EXPECT_EQ(admit(kPod, R"({"metadata": {"name": "a"})" + spec, &newcomer).warnings, Texts{});
  for (const char* kind : {"Job", "CronJob"}) {
    EXPECT_EQ(admit({"batch", "v1", kind}, R"({"metadata": {"name": "a.b"}})", &newcomer).warnings,
              Texts{"metadata.name: this is used in Pod names and hostnames" + end});
  }
  EXPECT_EQ(
      admit({"apps", "v1", "DaemonSet"}, R"({"metadata": {"name": "a.b"}})", &newcomer).warnings,
      Texts{});
}

TEST(ManifestAdmitPod, TolerationsAreOnlyAdded) {
  const auto with_effect = [](const std::string& effect) {
    return kSmall +
           "  serviceAccountName: default\n  tolerations: [{key: a, operator: Exists, effect: " +
           effect + "}]\n";
  };
  EXPECT_EQ(update_errors(with_effect("NoSchedule"), with_effect("NoSchedule")), Texts{});
  EXPECT_EQ(update_errors(with_effect("NoSchedule"), with_effect("NoExecute")),
            (Texts{"spec.tolerations: Forbidden: existing toleration can not be modified except "
                   "its tolerationSeconds"}));
}

TEST(ManifestAdmitPod, DeadlinesOnlyShrink) {
  const std::string old = kSmall + "  activeDeadlineSeconds: 5\n";
  EXPECT_EQ(
      update_errors(old, kSmall + "  activeDeadlineSeconds: 6\n  serviceAccountName: default\n"),
      (Texts{"spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to "
             "previous value"}));
  EXPECT_EQ(update_errors(old, kSmall + "  serviceAccountName: default\n"),
            (Texts{"spec.activeDeadlineSeconds: Invalid value: null: must not update from a "
                   "positive integer to nil value"}));
}

}  // namespace
}  // namespace podrun::manifest
