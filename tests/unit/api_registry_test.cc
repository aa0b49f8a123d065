// The API as the controllers use it in this process.
#include <algorithm>

#include "api_fixture.h"
#include "supervisor/api/api_error.h"

namespace podrun::api {
namespace {

class RegistryTest : public ApiTest {
 protected:
  RegistryTest() {
    registry_.on_write([this] { ++writes_; });
  }
  /// The code of what `act` throws; 0 where it throws nothing.
  template <typename Act>
  static int code_of(Act act) {
    try {
      act();
    } catch (const ApiError& error) {
      return error.code();
    }
    return 0;
  }
  Json event(const std::string& reason) {
    EventRecord record;
    record.involved_object = {
        {"kind", "Pod"}, {"namespace", "default"}, {"name", "a"}, {"uid", "1-2"}};
    record.type = "Warning";
    record.reason = reason;
    record.message = "hello";
    record.component = "tester";
    registry_.record(record);
    const auto events = store_.list("events", "default");
    for (const store::Object& each : events) {
      if (each.json->at("reason") == reason) return *each.json;
    }
    return nullptr;
  }
  int writes_ = 0;
};

TEST_F(RegistryTest, CreatesAdmittedObjects) {
  Json object = replica_set("");
  object["metadata"] = {{"generateName", "kubia-"}};
  const store::Object made = registry_.create("replicasets.apps", "default", object);
  EXPECT_EQ(made.key.name, "kubia-bcdfg");
  EXPECT_EQ(made.json->at("apiVersion"), "apps/v1");
  EXPECT_EQ(made.json->at("spec").at("template").at("spec").at("restartPolicy"), "Always");
  EXPECT_EQ(writes_, 1);
  EXPECT_EQ(code_of([&] { registry_.create("replicasets.apps", "none", object); }), 404);
  object["spec"].erase("template");
  EXPECT_EQ(code_of([&] { registry_.create("replicasets.apps", "default", object); }), 422);
  EXPECT_EQ(writes_, 1);
}

TEST_F(RegistryTest, AGatedPodSaysSo) {
  const Json spec = {{"containers", Json::array({{{"name", "c"}, {"image", "busybox"}}})},
                     {"schedulingGates", Json::array({{{"name", "example.com/wait"}}})}};
  const store::Object made = registry_.create(
      "pods", "default",
      {{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", {{"name", "a"}}}, {"spec", spec}});
  const Json& condition = made.json->at("status").at("conditions").at(0);
  EXPECT_EQ(condition.at("type"), "PodScheduled");
  EXPECT_EQ(condition.at("status"), "False");
  EXPECT_EQ(condition.at("reason"), "SchedulingGated");
  EXPECT_EQ(condition.at("message"), "Scheduling is blocked due to non-empty scheduling gates");
}

TEST_F(RegistryTest, AnEventOfTheNodeStaysAsItIs) {
  Json given = event("Killing");
  given["metadata"] = {{"name", "a.1"}, {"namespace", "default"}};
  const store::Object made = registry_.create("events", "default", given);
  Json expected = given;
  for (const char* field : {"uid", "creationTimestamp", "resourceVersion"}) {
    expected["metadata"][field] = made.json->at("metadata").at(field);
  }
  // The order of fields is no difference.
  EXPECT_EQ(nlohmann::json::parse(made.json->dump()), nlohmann::json::parse(expected.dump()));
  EXPECT_EQ(code_of([&] { registry_.create("events", "default", given); }), 409);
  EXPECT_EQ(code_of([&] { registry_.create("events", "none", given); }), 404);
}

TEST_F(RegistryTest, PodsHaveThePriorityOfTheirClass) {
  const auto created = [&](const char* field, const Json& value, const char* of_class = "") {
    Json object = pod("p");
    object["spec"][field] = value;
    if (*of_class != '\0') object["spec"]["priorityClassName"] = of_class;
    try {
      const store::Object made = registry_.create("pods", "default", object);
      registry_.remove(made.key, {.grace_period_seconds = 0});
      return std::to_string(made.json->at("spec").at("priority").get<int>());
    } catch (const ApiError& error) {
      return std::string(error.what());
    }
  };
  const std::string text = "pods \"p\" is forbidden: ";
  const std::string end = " from the given PriorityClass name";
  EXPECT_EQ(created("priority", 0), "0");
  EXPECT_EQ(created("priorityClassName", "system-node-critical"), "2000001000");
  EXPECT_EQ(created("priority", 2000000000, "system-cluster-critical"), "2000000000");
  EXPECT_EQ(created("priorityClassName", "nope"),
            text + "no PriorityClass with name nope was found");
  EXPECT_EQ(created("priority", 5),
            text +
                "the integer value of priority (5) must not be provided in pod spec; priority "
                "admission controller computed 0" +
                end);
  EXPECT_EQ(created("preemptionPolicy", "Never"),
            text +
                "the string value of PreemptionPolicy (Never) must not be provided in pod spec; "
                "priority admission controller computed PreemptLowerPriority" +
                end);
}

TEST_F(RegistryTest, UpdatesComparedAndCounted) {
  const store::Object made = registry_.create("replicasets.apps", "default", replica_set("r"));
  EXPECT_EQ(registry_.update(made.key, *made.json).revision, made.revision) << "nothing changed";
  EXPECT_EQ(writes_, 1);
  // The order of fields is no difference.
  Json turned = *made.json;
  const Json replicas = turned["spec"]["replicas"];
  turned["spec"].erase("replicas");
  turned["spec"]["replicas"] = replicas;
  EXPECT_EQ(registry_.update(made.key, turned).revision, made.revision);
  EXPECT_EQ(made.json->at("metadata").at("generation"), 1);

  Json status = *made.json;
  status["status"] = {{"replicas", 2}, {"observedGeneration", 1}};
  const store::Object second = registry_.update_status(made.key, status);
  EXPECT_EQ(second.json->at("status").at("replicas"), 2);
  EXPECT_EQ(registry_.update_status(second.key, *second.json).revision, second.revision);
  EXPECT_EQ(code_of([&] { registry_.update(made.key, *made.json); }), 409);
  EXPECT_EQ(code_of([&] { registry_.update({"pods", "default", "x"}, Json::object()); }), 404);
}

TEST_F(RegistryTest, TheLastFinalizersEndIsTheObjects) {
  const store::Object made = registry_.create("replicasets.apps", "default", replica_set("r"));
  registry_.remove(made.key, {.propagation_policy = "Foreground"});
  Json marked = *registry_.get(made.key)->json;
  EXPECT_EQ(marked["metadata"]["generation"], 2);
  marked["metadata"].erase("finalizers");
  registry_.update(made.key, marked);
  EXPECT_EQ(registry_.get(made.key), nullptr);
  EXPECT_EQ(code_of([&] { registry_.remove(made.key, {}); }), 404);
}

TEST_F(RegistryTest, EqualEventsAreCounted) {
  const Json first = event("Failed");
  EXPECT_EQ(first.at("count"), 1);
  EXPECT_EQ(first.at("type"), "Warning");
  EXPECT_EQ(first.at("involvedObject").at("uid"), "1-2");
  EXPECT_EQ(first.at("metadata").at("namespace"), "default");
  clock_.advance(std::chrono::seconds(3));
  const Json second = event("Failed");
  EXPECT_EQ(second.at("count"), 2);
  EXPECT_EQ(second.at("metadata").at("uid"), first.at("metadata").at("uid"));
  EXPECT_EQ(second.at("firstTimestamp"), first.at("firstTimestamp"));
  EXPECT_EQ(second.at("lastTimestamp"), rfc3339(clock_.wall()));
  EXPECT_EQ(event("Killing").at("count"), 1);
  EXPECT_EQ(store_.list("events", "default").size(), 2U);
}

TEST_F(RegistryTest, EventsOfOneNameAreOfTheirObject) {
  EventRecord record;
  record.type = "Normal";
  record.reason = "Scheduled";
  record.message = "Successfully assigned";
  for (const char* uid : {"1", "2", "1"}) {
    record.involved_object = {
        {"kind", "Pod"}, {"namespace", "default"}, {"name", "a"}, {"uid", uid}};
    registry_.record(record);
  }
  record.involved_object["namespace"] = "other";
  record.involved_object["uid"] = "3";
  registry_.record(record);
  std::vector<std::string> seen;
  for (const store::Object& each : store_.list("events")) {
    seen.push_back(each.json->at("involvedObject").at("uid").get<std::string>() + " x" +
                   std::to_string(each.json->at("count").get<int>()));
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, (std::vector<std::string>{"1 x2", "2 x1", "3 x1"}));
}

TEST_F(RegistryTest, EventsOfANamespaceThatIsGoneAreDropped) {
  EventRecord record;
  record.involved_object = {{"kind", "Pod"}, {"namespace", "none"}, {"name", "a"}};
  registry_.record(record);
  EXPECT_TRUE(store_.list("events").empty());
}

TEST(StoredType, OfEveryStoredResource) {
  for (const ServedResource& each : served_resources()) {
    if (!each.is_stored()) continue;
    const ServedResource& type = stored_type(each.key());
    EXPECT_EQ(type.key(), each.key());
    EXPECT_EQ(type.kind, each.kind);
    EXPECT_TRUE(type.stored_group.empty());
  }
  EXPECT_EQ(stored_type("events").group, "");
  EXPECT_THROW(stored_type("bindings"), ApiError);
}

}  // namespace
}  // namespace podrun::api
