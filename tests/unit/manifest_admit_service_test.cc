// admit(): the way that a Service's traffic takes.
#include <gtest/gtest.h>

#include <string>

#include "manifest_admit.h"
#include "supervisor/manifest/admit.h"

namespace podrun::manifest {
namespace {

using Json = AdmitJson;

constexpr Kind kService{"", "v1", "Service"};

/// Of a service with these fields in its spec.
Texts errors(const std::string& fields) {
  return errors_of(
      kService, R"({"metadata": {"name": "a"}, "spec": {"ports": [{"port": 1}], )" + fields + "}}");
}

TEST(ManifestAdmitService, Traffic) {
  EXPECT_EQ(errors(R"("externalTrafficPolicy": "Local")"),
            Texts{"spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for "
                  "externally-accessible services"});
  EXPECT_EQ(errors(R"("type": "NodePort", "externalTrafficPolicy": "X", "healthCheckNodePort": 1,
                      "internalTrafficPolicy": "Y")"),
            (Texts{"spec.externalTrafficPolicy: Unsupported value: \"X\": supported values: "
                   "\"Cluster\", \"Local\"",
                   "spec.healthCheckNodePort: Invalid value: 1: may only be set when `type` is "
                   "'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
                   "spec.internalTrafficPolicy: Unsupported value: \"Y\": supported values: "
                   "\"Cluster\", \"Local\""}));
  EXPECT_EQ(errors(R"("sessionAffinity": "ClientIP",
                      "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 86401}})"),
            Texts{"spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must "
                  "be greater than 0 and less than 86400"});
  EXPECT_EQ(errors(R"("externalIPs": ["127.0.0.1", "x", "10.0.0.1"])"),
            (Texts{"spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback "
                   "range (127.0.0.0/8, ::1/128)",
                   "spec.externalIPs[1]: Invalid value: \"x\": must be a valid IP address, (e.g. "
                   "10.9.8.7 or 2001:db8::ffff)"}));
  const std::string only = "Forbidden: may only be used when `type` is 'LoadBalancer'";
  EXPECT_EQ(
      errors(R"("loadBalancerSourceRanges": ["10.0.0.0/8"], "loadBalancerClass": "a/b",
                      "allocateLoadBalancerNodePorts": true)"),
      (Texts{"spec.LoadBalancerSourceRanges: " + only,
             "spec.allocateLoadBalancerNodePorts: " + only, "spec.loadBalancerClass: " + only}));
  EXPECT_EQ(errors(R"("type": "LoadBalancer", "loadBalancerSourceRanges": [" 10.0.0.0/8 ", "x"])"),
            Texts{"spec.LoadBalancerSourceRanges[1]: Invalid value: \"x\": must be a valid CIDR "
                  "value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"});
}

TEST(ManifestAdmitService, Families) {
  EXPECT_EQ(errors(R"("ipFamilies": ["IPv5", "IPv4", "IPv4", "IPv6"], "ipFamilyPolicy": "X")"),
            (Texts{"spec.ipFamilies[0]: Unsupported value: \"IPv5\": supported values: \"IPv4\", "
                   "\"IPv6\"",
                   "spec.ipFamilies[2]: Duplicate value: \"IPv4\"",
                   "spec.ipFamilies[3]: Invalid value: \"IPv6\": not configured on this cluster",
                   "spec.ipFamilyPolicy: Unsupported value: \"X\": supported values: "
                   "\"PreferDualStack\", \"RequireDualStack\", \"SingleStack\""}));
  EXPECT_EQ(errors(R"("ipFamilyPolicy": "RequireDualStack")"),
            Texts{"spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not "
                  "configured for dual-stack services"});
  EXPECT_EQ(errors(R"("ipFamilyPolicy": "PreferDualStack")"), Texts{});
  EXPECT_EQ(errors(R"("clusterIP": "None", "ipFamilyPolicy": "RequireDualStack",
                      "ipFamilies": ["IPv6", "IPv4"])"),
            Texts{});
  EXPECT_EQ(errors(R"("clusterIP": "None", "ipFamilies": ["IPv6", "IPv4"])"),
            Texts{"spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be "
                  "'RequireDualStack' or 'PreferDualStack' when multiple IP families are "
                  "specified"});
  const std::string text = "Forbidden: may not be set for ExternalName services";
  EXPECT_EQ(errors(R"("type": "ExternalName", "externalName": "a.b", "ipFamilies": ["IPv4"],
                      "ipFamilyPolicy": "SingleStack")"),
            (Texts{"spec.ipFamilies: " + text, "spec.ipFamilyPolicy: " + text}));
}

TEST(ManifestAdmitService, OfAnotherTypeLosesWhatItWasGiven) {
  const auto with = [](const Json& from, const std::string& fields) {
    Json object = from;
    object["spec"].update(Json::parse(fields));
    return object.dump();
  };
  const Json balancer = admit(kService, R"({"metadata": {"name": "a"}, "spec": {
      "type": "LoadBalancer", "loadBalancerClass": "a/b", "ports": [{"port": 1}]}})")
                            .object;
  const Admission inner =
      admit_update(kService, with(balancer, R"({"type": "ClusterIP"})"), balancer);
  EXPECT_EQ(error_texts(inner), Texts{});
  for (const char* field :
       {"externalTrafficPolicy", "allocateLoadBalancerNodePorts", "loadBalancerClass"}) {
    EXPECT_TRUE(balancer["spec"].contains(field)) << field;
    EXPECT_FALSE(inner.object["spec"].contains(field)) << field;
  }
  const Admission alias = admit_update(
      kService, with(balancer, R"({"type": "ExternalName", "externalName": "a.b"})"), balancer);
  EXPECT_EQ(error_texts(alias), Texts{});
  EXPECT_FALSE(alias.object["spec"].contains("ipFamilies"));
  EXPECT_EQ(
      error_texts(admit_update(
          kService, with(balancer, R"({"type": "ClusterIP", "externalTrafficPolicy": "Local"})"),
          balancer)),
      Texts{"spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for "
            "externally-accessible services"});
}

}  // namespace
}  // namespace podrun::manifest
