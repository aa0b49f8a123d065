// admit(): the kinds that run no pods.
#include <gtest/gtest.h>

#include <string>

#include "base/base64.h"
#include "manifest_admit.h"

namespace podrun::manifest {
namespace {

using Json = AdmitJson;

constexpr Kind kNamespace{"", "v1", "Namespace"};
constexpr Kind kNode{"", "v1", "Node"};
constexpr Kind kConfigMap{"", "v1", "ConfigMap"};
constexpr Kind kSecret{"", "v1", "Secret"};
constexpr Kind kService{"", "v1", "Service"};
constexpr Kind kEndpoints{"", "v1", "Endpoints"};
constexpr Kind kSlice{"discovery.k8s.io", "v1", "EndpointSlice"};
constexpr Kind kEvent{"", "v1", "Event"};
constexpr Kind kNewerEvent{"events.k8s.io", "v1", "Event"};
constexpr Kind kLease{"coordination.k8s.io", "v1", "Lease"};
constexpr Kind kRevision{"apps", "v1", "ControllerRevision"};

struct Row {
  Kind kind;
  std::string text, object;
};

TEST(ManifestAdmitKinds, Defaults) {
  const Row rows[] = {
      {kNamespace, R"({"metadata": {"name": "a", "namespace": "x"}})",
       R"({"apiVersion": "v1", "kind": "Namespace",
           "metadata": {"labels": {"kubernetes.io/metadata.name": "a"}, "name": "a"},
           "spec": {}, "status": {"phase": "Active"}})"},
      {kNode, R"({"metadata": {"name": "a"}, "status": {"capacity": {"cpu": "2"}}})",
       R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}, "spec": {},
           "status": {"allocatable": {"cpu": "2"}, "capacity": {"cpu": "2"}}})"},
      {kConfigMap, R"({"metadata": {"name": "a"}, "data": {"k": "", "b": "v"}, "binaryData": {}})",
       R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"},
           "data": {"b": "v", "k": ""}})"},
      {kSecret,
       R"({"metadata": {"name": "a"}, "data": {"k": "YQ==", "l": ""},
           "stringData": {"k": "hello", "m": "pa", "n": "abc"}})",
       R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"},
           "data": {"k": "aGVsbG8=", "l": "", "m": "cGE=", "n": "YWJj"}, "type": "Opaque"})"},
      {{"", "v1", "ServiceAccount"},
       R"({"metadata": {"name": "a"}, "automountServiceAccountToken": false,
           "secrets": [{"name": "t"}]})",
       R"({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"},
           "automountServiceAccountToken": false, "secrets": [{"name": "t"}]})"},
      {kService,
       R"({"metadata": {"name": "a"}, "spec": {"selector": {"app": "kubia"},
           "ports": [{"port": 80}]}})",
       R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {
           "internalTrafficPolicy": "Cluster", "ipFamilies": ["IPv4"],
           "ipFamilyPolicy": "SingleStack",
           "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
           "selector": {"app": "kubia"}, "sessionAffinity": "None", "type": "ClusterIP"},
           "status": {"loadBalancer": {}}})"},
      {kEndpoints,
       R"({"metadata": {"name": "a"}, "subsets": [{"addresses": [{"ip": "10.0.0.1"}],
           "ports": [{"port": 80}]}]})",
       R"({"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "a"}, "subsets": [
           {"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 80, "protocol": "TCP"}]}]})"},
      {kSlice, R"({"metadata": {"name": "a"}, "addressType": "IPv4", "ports": [{"port": 80}]})",
       R"({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
           "metadata": {"name": "a"}, "addressType": "IPv4", "endpoints": [],
           "ports": [{"name": "", "port": 80, "protocol": "TCP"}]})"},
      {kEvent,
       R"({"metadata": {"name": "a"}, "involvedObject": {"kind": "Pod", "name": "p"},
           "reason": "R", "message": "m", "count": 2, "eventTime": null})",
       R"({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "a"}, "count": 2,
           "involvedObject": {"kind": "Pod", "name": "p"}, "message": "m", "reason": "R",
           "reportingComponent": "", "reportingInstance": "", "source": {}})"},
      {kLease, R"({"metadata": {"name": "a"}, "spec": {"leaseDurationSeconds": 40}})",
       R"({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "a"},
           "spec": {"leaseDurationSeconds": 40}})"},
      {kRevision, R"({"metadata": {"name": "a"}, "data": {"spec": {"x": 1}}})",
       R"({"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": "a"},
           "data": {"spec": {"x": 1}}, "revision": 0})"},
  };
  for (const Row& row : rows) {
    EXPECT_TRUE(is_served(row.kind));
    EXPECT_EQ(admitted(row.kind, row.text).dump(1), Json::parse(row.object).dump(1));
  }
  EXPECT_FALSE(is_served({"", "v2", "Pod"}));
  EXPECT_FALSE(is_served({"apps", "v1", "Pod"}));
}

TEST(ManifestAdmitKinds, Errors) {
  const struct {
    Kind kind;
    std::string text;  // without metadata
    Texts errors;
  } rows[] = {
      {kConfigMap,
       R"("data": {"a": "x", "..": "y"}, "binaryData": {"a": "YQ=="})",
       {R"(data[..]: Invalid value: "..": must not be '..')",
        R"(data[a]: Invalid value: "a": duplicate of key present in binaryData)"}},
      {kSecret,
       R"("type": "kubernetes.io/tls", "data": {"tls.crt": "YQ=="})",
       {"data[tls.key]: Required value"}},
      {kSecret,
       R"("type": "kubernetes.io/basic-auth")",
       {"data[username]: Required value", "data[password]: Required value"}},
      {kSecret,
       R"("type": "kubernetes.io/dockerconfigjson")",
       {"data[.dockerconfigjson]: Required value"}},
      {kSecret,
       R"("type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "xyz"})",
       {R"(data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": )"
        "invalid character 'x' looking for beginning of value"}},
      {kSecret,
       R"("type": "kubernetes.io/dockercfg", "stringData": {".dockercfg": "{\"a\": {}} {"})",
       {R"(data[.dockercfg]: Invalid value: "<secret contents redacted>": )"
        "invalid character '{' after top-level value"}},
      {kSecret,
       R"("type": "kubernetes.io/dockercfg", "stringData": {".dockercfg": "[]"})",
       {R"(data[.dockercfg]: Invalid value: "<secret contents redacted>": )"
        "json: cannot unmarshal array into Go value of type map[string]interface {}"}},
      {kSecret,
       R"("type": "kubernetes.io/dockercfg", "data": {".dockercfg": ""})",
       {R"(data[.dockercfg]: Invalid value: "<secret contents redacted>": )"
        "unexpected end of JSON input"}},
      {kSecret,
       R"("type": "kubernetes.io/dockerconfigjson",
           "stringData": {".dockerconfigjson": "{\"auths\": {}}"})",
       {}},
      {kSecret,
       R"("type": "kubernetes.io/service-account-token")",
       {"metadata.annotations[kubernetes.io/service-account.name]: Required value"}},
      {kService, R"("spec": {})", {"spec.ports: Required value"}},
      {kService, R"("spec": {"clusterIP": "None"})", {}},
      {kService,
       R"("spec": {"clusterIP": "x", "ports": [{"port": 0}, {"port": 80,
           "protocol": "ICMP", "name": "a", "targetPort": "A_B"}, {"port": 1, "nodePort": 30000,
           "name": "a"}]})",
       {"spec.clusterIP: Invalid value: \"x\": must be empty, 'None', or a valid IP address",
        "spec.ports[0].name: Required value",
        "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
        "spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive",
        "spec.ports[1].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", "
        "\"TCP\", \"UDP\"",
        "spec.ports[1].targetPort: Invalid value: \"A_B\": must contain only alpha-numeric "
        "characters (a-z, 0-9), and hyphens (-)",
        "spec.ports[1].targetPort: Invalid value: \"A_B\": must contain at least one letter (a-z)",
        "spec.ports[2].name: Duplicate value: \"a\"",
        "spec.ports[2].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"}},
      {kService,
       R"("spec": {"type": "ExternalName", "clusterIP": "10.0.0.1"})",
       {"spec.clusterIP: Forbidden: must be empty for ExternalName services",
        "spec.externalName: Required value"}},
      {kService,
       R"("spec": {"type": "X", "sessionAffinity": "Y", "ports": [{"port": 1}]})",
       {"spec.type: Unsupported value: \"X\": supported values: \"ClusterIP\", \"ExternalName\", "
        "\"LoadBalancer\", \"NodePort\"",
        "spec.sessionAffinity: Unsupported value: \"Y\": supported values: \"ClientIP\", "
        "\"None\""}},
      {kNode,
       R"("spec": {"taints": [{"key": "a"}, {"key": "b", "effect": "NoSchedule"},
           {"key": "b", "effect": "NoSchedule"}]})",
       {"spec.taints[0].effect: Required value",
        "spec.taints[2]: Duplicate value: \"b:NoSchedule\""}},
      {kEndpoints,
       R"("subsets": [{}, {"addresses": [{"ip": "x"}]}])",
       {"subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`",
        "subsets[1].addresses[0].ip: Invalid value: \"x\": must be a valid IP address, (e.g. "
        "10.9.8.7 or 2001:db8::ffff)"}},
      {kEndpoints,
       R"("subsets": [{"addresses": [{"ip": "127.0.0.1"}, {"ip": "fe80::1"}, {"ip": "0.0.0.0"},
           {"ip": "224.0.0.1"}, {"ip": "10.0.0.1"}, {"ip": "::ffff:127.0.0.1"}]}])",
       {"subsets[0].addresses[0].ip: Invalid value: \"127.0.0.1\": may not be in the loopback "
        "range "
        "(127.0.0.0/8, ::1/128)",
        "subsets[0].addresses[1].ip: Invalid value: \"fe80::1\": may not be in the link-local "
        "range "
        "(169.254.0.0/16, fe80::/10)",
        "subsets[0].addresses[2].ip: Invalid value: \"0.0.0.0\": may not be unspecified (0.0.0.0)",
        "subsets[0].addresses[3].ip: Invalid value: \"224.0.0.1\": may not be in the link-local "
        "multicast range (224.0.0.0/24, ff02::/10)",
        "subsets[0].addresses[5].ip: Invalid value: \"::ffff:127.0.0.1\": may not be in the "
        "loopback range (127.0.0.0/8, ::1/128)"}},
      {kSlice,
       R"("addressType": "IPv4", "endpoints": [{"addresses": ["::1", "10.0.0.1"]}])",
       {"endpoints[0].addresses[0]: Invalid value: \"::1\": must be a valid IPv4 address",
        "endpoints[0].addresses[0]: Invalid value: \"::1\": may not be in the loopback range "
        "(127.0.0.0/8, ::1/128)"}},
      {kSlice,
       R"("endpoints": [{"addresses": []}])",
       {"addressType: Required value",
        "endpoints[0].addresses: Required value: must contain at least 1 address"}},
      {kLease,
       R"("spec": {"leaseDurationSeconds": 0, "leaseTransitions": -1})",
       {"spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",
        "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"}},
      {kRevision,
       R"("revision": -1)",
       {"data: Required value: data is mandatory",
        "revision: Invalid value: -1: must be greater than or equal to 0"}},
      {kEvent,
       R"("involvedObject": {"namespace": "other"})",
       {"involvedObject.namespace: Invalid value: \"other\": does not match event.namespace"}},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(
        errors_of(row.kind, R"({"metadata": {"name": "a", "namespace": "n"}, )" + row.text + "}"),
        row.errors)
        << row.text;
  }
}

TEST(ManifestAdmitKinds, DataMayBeOneMebibyteAndNoMore) {
  constexpr std::size_t kMost = 1u << 20;
  const auto errors = [](const Kind& kind, const std::string& field, const std::string& value) {
    return errors_of(kind,
                     R"({"metadata": {"name": "a"}, ")" + field + R"(": {"k": ")" + value + "\"}}");
  };
  const std::string most(kMost, 'x'), more(kMost + 1, 'x');
  const std::string text = "Too long: may not be more than 1048576 bytes";
  EXPECT_EQ(errors(kConfigMap, "data", most), Texts{});
  EXPECT_EQ(errors(kConfigMap, "data", more), Texts{"[]: " + text});
  EXPECT_EQ(errors(kConfigMap, "binaryData", to_base64(most)), Texts{});
  EXPECT_EQ(errors(kSecret, "data", to_base64(most)), Texts{});
  EXPECT_EQ(errors(kSecret, "data", to_base64(more)), Texts{"data: " + text});
}

TEST(ManifestAdmitKinds, NamesByKind) {
  const auto refused = [](const Kind& kind, const std::string& name) {
    const Texts errors =
        errors_of(kind, R"({"metadata": {"name": ")" + name +
                            R"("}, "spec": {"ports": [{"port": 1}], "leaseDurationSeconds": 1}})");
    return errors.empty() ? "" : errors[0];
  };
  EXPECT_EQ(refused(kLease, "a.b"), "");
  EXPECT_EQ(admit(kNamespace, R"({"metadata": {"name": "a.b"}})").errors.at(0).text,
            "Invalid value: \"a.b\": must not contain dots");
  EXPECT_TRUE(
      refused(kService, "1a")
          .starts_with("metadata.name: Invalid value: \"1a\": a DNS-1035 label must consist of"));
  EXPECT_EQ(refused(kService, "a1"), "");
}

TEST(ManifestAdmitKinds, BadBase64IsMalformed) {
  const std::string prefix = R"(Secret in version "v1" cannot be handled as a Secret: )";
  const auto malformed = [](const std::string& value) {
    return admit(kSecret, R"({"metadata": {"name": "a"}, "data": {"k": ")" + value + "\"}}")
        .malformed;
  };
  EXPECT_EQ(malformed("a-b="), prefix + "illegal base64 data at input byte 1");
  EXPECT_EQ(malformed("abc"), prefix + "illegal base64 data at input byte 3");
  EXPECT_EQ(malformed("YQ=="), "");
}

Texts update_errors(const Kind& kind, const std::string& old, const std::string& text) {
  const std::string meta = R"({"metadata": {"name": "a"}, )";
  return error_texts(admit_update(kind, meta + text + "}", admit(kind, meta + old + "}").object));
}

TEST(ManifestAdmitKinds, Updates) {
  const std::string immutable = "Forbidden: field is immutable when `immutable` is set";
  EXPECT_EQ(update_errors(kConfigMap, R"("immutable": true, "data": {"a": "b"})",
                          R"("immutable": true, "data": {"a": "c"})"),
            (Texts{"data: " + immutable}));
  EXPECT_EQ(update_errors(kConfigMap, R"("immutable": true)", R"("data": {})"),
            (Texts{"immutable: " + immutable}));
  EXPECT_EQ(update_errors(kConfigMap, R"("data": {"a": "b"})", R"("data": {"a": "c"})"), Texts{});
  EXPECT_EQ(update_errors(kSecret, R"("type": "x")", R"("type": "y")"),
            (Texts{R"(type: Invalid value: "y": field is immutable)"}));
  EXPECT_EQ(update_errors(kSlice, R"("addressType": "IPv4")", R"("addressType": "IPv6")"),
            (Texts{R"(addressType: Invalid value: "IPv6": field is immutable)"}));
  EXPECT_EQ(update_errors(kRevision, R"("data": {"a": 1, "b": 2})", R"("data": {"b": 2, "a": 1})"),
            Texts{});
  EXPECT_EQ(update_errors(kRevision, R"("data": {"a": 1})", R"("data": {"a": 2})"),
            (Texts{R"(data: Invalid value: {"a":2}: field is immutable)"}));
  const std::string ports = R"("ports": [{"port": 1}])";
  EXPECT_EQ(
      update_errors(kService, R"("spec": {"clusterIP": "10.0.0.1", )" + ports + "}",
                    R"("spec": {"clusterIP": "10.0.0.2", )" + ports + "}"),
      (Texts{
          "spec.clusterIPs[0]: Invalid value: []string{\"10.0.0.2\"}: may not change once set"}));
  EXPECT_EQ(update_errors(kService, R"("spec": {"clusterIP": "10.0.0.1", )" + ports + "}",
                          R"("spec": {)" + ports + "}"),
            Texts{});
}

TEST(ManifestAdmitKinds, EventsOfBothVersions) {
  const Json stored = admitted(kNewerEvent, R"({"metadata": {"name": "a"}, "note": "m",
      "regarding": {"kind": "Pod"}, "reportingController": "c", "deprecatedCount": 3,
      "deprecatedSource": {"component": "s"}, "eventTime": "2026-01-02T03:04:05.000000Z"})",
                               &kEvent);
  EXPECT_EQ(stored.dump(), Json::parse(R"({"apiVersion": "v1", "kind": "Event",
      "metadata": {"name": "a"}, "count": 3, "eventTime": "2026-01-02T03:04:05.000000Z",
      "involvedObject": {"kind": "Pod"}, "message": "m", "reportingComponent": "c",
      "reportingInstance": "", "source": {"component": "s"}})")
                               .dump());
  const Json newer = convert(stored, kNewerEvent);
  EXPECT_EQ(newer["apiVersion"], "events.k8s.io/v1");
  EXPECT_EQ(newer["note"], "m");
  EXPECT_EQ(newer["deprecatedCount"], 3);
  EXPECT_FALSE(newer.contains("message"));
  EXPECT_EQ(admit(kNewerEvent, newer.dump()).object, stored);
}

}  // namespace
}  // namespace podrun::manifest
