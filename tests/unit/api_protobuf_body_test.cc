// Bodies in Kubernetes' protobuf form, built by hand.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "supervisor/api/api_error.h"
#include "supervisor/api/protobuf_body.h"
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api {
namespace {

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80U; value >>= 7U) bytes += static_cast<char>(value | 0x80U);
  return bytes + static_cast<char>(value);
}
std::string number(std::uint64_t field, std::uint64_t value) {
  return varint(field << 3U) + varint(value);
}
std::string bytes(std::uint64_t field, std::string_view value) {
  return varint(field << 3U | 2U) + varint(value.size()) + std::string(value);
}
std::string entry(std::uint64_t field, std::string_view key, std::string_view value) {
  return bytes(field, bytes(1, key) + bytes(2, value));
}
std::string envelope(std::string_view version, std::string_view kind, std::string_view raw) {
  return std::string("k8s\0", 4) + bytes(1, bytes(1, version) + bytes(2, kind)) + bytes(2, raw) +
         bytes(3, "") + bytes(4, "");
}

/// ObjectMeta as Go writes it: every string that is no pointer, empty or not, and a zero time.
std::string meta(std::string_view name) {
  return bytes(1, name) + bytes(2, "") + bytes(3, "") + bytes(4, "") + bytes(5, "") + bytes(6, "") +
         number(7, 0) + bytes(8, "");
}

std::string secret() {
  return envelope("v1", "Secret",
                  bytes(1, meta("s")) + entry(2, "b", "two") +
                      entry(2, "a", std::string("\0\1", 2)) + bytes(3, "Opaque") + number(5, 0));
}

int code_of(const std::string& body) {
  try {
    (void)json_from_protobuf(body);
    return 200;
  } catch (const ApiError& error) {
    return error.code();
  }
}

Json decoded(const std::string& body) { return Json::parse(json_from_protobuf(body)); }

TEST(ProtobufBody, SecretHasItsBytesInBase64AndNoEmptyFields) {
  EXPECT_EQ(json_from_protobuf(secret()),
            R"({"kind":"Secret","apiVersion":"v1","metadata":{"name":"s"},"type":"Opaque",)"
            R"("immutable":false,"data":{"a":"AAE=","b":"dHdv"}})");
}

TEST(ProtobufBody, PointersKeepTheirZeros) {
  const auto spec = [](const std::string& raw) {
    return decoded(envelope("apps/v1", "Deployment", bytes(2, raw)));
  };
  EXPECT_EQ(spec(number(1, 0) + number(5, 0))["spec"].dump(), R"({"replicas":0})");
  EXPECT_FALSE(spec(number(5, 0)).contains("spec"));
}

TEST(ProtobufBody, PodSpecHasInlineSourcesQuantitiesAndPorts) {
  const std::string volume = bytes(1, "scratch") + bytes(2, bytes(2, bytes(1, "")));
  const std::string probe =
      bytes(1, bytes(2, bytes(1, "/") + bytes(2, number(1, 1) + number(2, 0) + bytes(3, "http")) +
                            bytes(3, "")));
  const std::string container = bytes(1, "c") + bytes(2, "busybox") + bytes(3, "sh") +
                                bytes(8, bytes(1, bytes(1, "cpu") + bytes(2, bytes(1, "100m")))) +
                                bytes(10, probe);
  const std::string affinity_free_spec = bytes(1, volume) + bytes(2, container) + number(4, 0);
  const Json pod = decoded(envelope("v1", "Pod", bytes(2, affinity_free_spec)));
  EXPECT_EQ(pod["spec"]["volumes"].dump(), R"([{"name":"scratch","emptyDir":{}}])");
  const Json& made = pod["spec"]["containers"][0];
  EXPECT_EQ(made["resources"]["limits"]["cpu"], "100m");
  EXPECT_EQ(made["command"].dump(), R"(["sh"])");
  EXPECT_EQ(made["livenessProbe"].dump(), R"({"httpGet":{"path":"/","port":"http"}})");
  EXPECT_EQ(pod["spec"]["terminationGracePeriodSeconds"], 0);
}

TEST(ProtobufBody, NumbersAreSigned) {
  const Json options = decoded(envelope(
      "v1", "DeleteOptions", number(1, static_cast<std::uint64_t>(-1)) + bytes(4, "Orphan")));
  EXPECT_EQ(options["gracePeriodSeconds"], -1);
  EXPECT_EQ(options["propagationPolicy"], "Orphan");
}

TEST(ProtobufBody, TimesAreRfc3339) {
  const Json event = decoded(envelope("v1", "Event",
                                      bytes(1, meta("e") + bytes(8, number(1, 1763892000))) +
                                          bytes(10, number(1, 1763892000) + number(2, 5000))));
  EXPECT_EQ(event["metadata"]["creationTimestamp"], "2025-11-23T10:00:00Z");
  EXPECT_EQ(event["eventTime"], "2025-11-23T10:00:00.000005Z");
  const auto at = [](std::uint64_t seconds) {
    return code_of(envelope("v1", "Secret", bytes(1, bytes(8, number(1, seconds)))));
  };
  EXPECT_EQ(at(~std::uint64_t{0} >> 1U), 400);
  EXPECT_EQ(at(~std::uint64_t{0}), 400);
}

TEST(ProtobufBody, UnknownFieldsAreReadOver) {
  const std::string odd = bytes(900, "new") + number(901, 7) + varint(902U << 3U | 1U) +
                          std::string(8, 'x') + varint(903U << 3U | 5U) + std::string(4, 'x');
  EXPECT_EQ(json_from_protobuf(envelope("v1", "Namespace", odd)),
            R"({"kind":"Namespace","apiVersion":"v1"})");
}

TEST(ProtobufBody, KindsWithoutATableAreNamed) {
  try {
    (void)json_from_protobuf(envelope("apps/v1", "StatefulSet", ""));
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.code(), 415);
    EXPECT_NE(std::string(error.what()).find("apps/v1, Kind=StatefulSet"), std::string::npos);
  }
}

TEST(ProtobufBody, EveryTruncationOfTheObjectIsRefused) {
  const std::string raw = bytes(1, meta("s")) + entry(2, "key", "value");
  const std::size_t first = bytes(1, meta("s")).size();
  for (std::size_t size = 1; size < raw.size(); ++size) {
    if (size == first) continue;  // a whole field
    EXPECT_EQ(code_of(envelope("v1", "Secret", raw.substr(0, size))), 400) << size;
  }
  const std::string body = secret();
  for (std::size_t size = 0; size < body.size(); ++size) {
    const int code = code_of(body.substr(0, size));
    EXPECT_TRUE(code == 400 || code == 200) << size;
  }
  EXPECT_EQ(code_of(""), 400);
  EXPECT_EQ(code_of("{}"), 400);
}

TEST(ProtobufBody, HugeLengthsAndMalformedTagsAreRefused) {
  const auto raw = [](const std::string& text) { return code_of(envelope("v1", "Secret", text)); };
  for (const std::uint64_t size :
       {std::uint64_t{100}, std::uint64_t{1} << 31U, std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
    EXPECT_EQ(raw(varint(1U << 3U | 2U) + varint(size) + "x"), 400) << size;
  }
  EXPECT_EQ(raw(std::string(11, '\xff')), 400);                             // an endless varint
  EXPECT_EQ(raw(varint(3U << 3U) + std::string(9, '\xff') + "\x7f"), 400);  // more than 64 bits
  EXPECT_EQ(raw(varint(0U << 3U | 2U) + varint(0)), 400);                   // field 0
  EXPECT_EQ(raw(varint(99U << 3U | 3U)), 400);                              // a group
  EXPECT_EQ(raw(varint(99U << 3U | 7U)), 400);                              // no wire type
}

TEST(ProtobufBody, WrongWireTypesAreRefused) {
  const auto raw = [](const std::string& text) { return code_of(envelope("v1", "Secret", text)); };
  EXPECT_EQ(raw(number(1, 1)), 400);                      // metadata
  EXPECT_EQ(raw(number(2, 1)), 400);                      // data
  EXPECT_EQ(raw(bytes(2, number(1, 1))), 400);            // a key
  EXPECT_EQ(raw(bytes(5, "x")), 400);                     // immutable
  EXPECT_EQ(raw(bytes(3, "\xff\xfe")), 400);              // no UTF-8
  EXPECT_EQ(raw(bytes(1, bytes(8, bytes(1, "")))), 400);  // a time's seconds
}

/// Lookups need the numbers in order; decoding ends because no message holds itself.
void check_table(const protobuf::Message& message, int depth) {
  ASSERT_LT(depth, 20) << message.name;
  std::uint32_t last = 0;
  for (const protobuf::Field& field : message.fields) {
    EXPECT_GT(field.number, last) << message.name << "." << field.name;
    EXPECT_EQ(field.type == protobuf::Type::kMessage, field.message != nullptr) << field.name;
    EXPECT_EQ(message.field(field.number), &field) << message.name << "." << field.name;
    last = field.number;
    if (field.message != nullptr) check_table(*field.message, depth + 1);
  }
  EXPECT_EQ(message.field(last + 1), nullptr);
}

TEST(ProtobufBody, TablesAreInOrderAndEnd) {
  for (const char* kind :
       {"Namespace", "Secret", "ConfigMap", "ServiceAccount", "Service", "Pod", "PodTemplate",
        "ReplicationController", "Event", "Binding", "Node", "Endpoints", "DeleteOptions"}) {
    ASSERT_NE(protobuf::message_of("v1", kind), nullptr) << kind;
    check_table(*protobuf::message_of("v1", kind), 0);
  }
  for (const auto& [version, kind] : {std::pair{"apps/v1", "Deployment"},
                                      {"apps/v1", "DaemonSet"},
                                      {"apps/v1", "ReplicaSet"},
                                      {"batch/v1", "Job"},
                                      {"batch/v1beta1", "CronJob"},
                                      {"policy/v1", "Eviction"},
                                      {"autoscaling/v1", "Scale"},
                                      {"coordination.k8s.io/v1", "Lease"},
                                      {"events.k8s.io/v1", "Event"},
                                      {"discovery.k8s.io/v1", "EndpointSlice"},
                                      {"authentication.k8s.io/v1", "TokenRequest"}}) {
    ASSERT_NE(protobuf::message_of(version, kind), nullptr) << kind;
    check_table(*protobuf::message_of(version, kind), 0);
  }
}

TEST(ProtobufBody, NestingEndsWithTheTables) {
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep = bytes(1, deep);
  const int code = code_of(envelope("v1", "Secret", deep));  // metadata.name is what lies inside
  EXPECT_TRUE(code == 200 || code == 400);
  std::string list;
  for (int i = 0; i < 2000; ++i) list = bytes(2, bytes(1, list));
  EXPECT_NO_FATAL_FAILURE(code_of(envelope("v1", "Pod", list)));
}

TEST(ProtobufBody, ValuesAreCounted) {
  std::string many;
  for (int i = 0; i < 300000; ++i) many += bytes(1, "");
  EXPECT_EQ(code_of(envelope("v1", "ServiceAccount", many)), 400);
}

TEST(ProtobufBody, PartsOfOneMessageAreMerged) {
  const Json made =
      decoded(envelope("v1", "Namespace", bytes(1, bytes(1, "n")) + bytes(1, entry(11, "a", "b"))));
  EXPECT_EQ(made["metadata"].dump(), R"({"name":"n","labels":{"a":"b"}})");
}

TEST(ProtobufBody, RequestsWithThatMediaTypeBecomeJson) {
  Request request;
  request.method = "POST";
  request.headers["content-type"] = "application/vnd.kubernetes.protobuf";
  EXPECT_FALSE(has_protobuf_body(request));
  request.body = secret();
  ASSERT_TRUE(has_protobuf_body(request));
  const Request json = with_json_body(request);
  EXPECT_EQ(json.header("content-type"), "application/json");
  EXPECT_FALSE(has_protobuf_body(json));
  EXPECT_EQ(json.body, json_from_protobuf(request.body));
  request.method = "PATCH";
  EXPECT_FALSE(has_protobuf_body(request));
}

}  // namespace
}  // namespace podrun::api
