// semantics.md, Pod: phases and conditions; init containers and sidecars as far as they show there.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "supervisor/pod/status.h"

namespace podrun::pod {
namespace {

using manifest::RestartPolicy;
constexpr WallTime kNow{Seconds(1763892000)};

manifest::PodSpec spec_of(const std::vector<std::string>& names,
                          RestartPolicy policy = RestartPolicy::kAlways) {
  manifest::PodSpec spec;
  spec.restart_policy = policy;
  for (const std::string& name : names) {
    spec.containers.emplace_back().name = name;
    spec.containers.back().image = "image-" + name;
  }
  return spec;
}

Terminated ended(int code) {
  Terminated state;
  state.exit_code = code;
  state.reason = code == 0 ? "Completed" : "Error";
  return state;
}

/// A container's state in one letter: w waiting, r running, c completed, e ended with 1, b waiting
/// to be restarted after 1.
void put(ContainerStatus& status, ContainerRole role, char letter) {
  switch (letter) {
    case 'w':
      status.state = Waiting{"ContainerCreating", ""};
      break;
    case 'r':
      status.state = Running{kNow};
      break;
    case 'c':
      status.state = ended(0);
      break;
    case 'e':
      status.state = ended(1);
      break;
    case 'b':
      status.state = Waiting{"CrashLoopBackOff", ""};
      status.last_state = ended(1);
      break;
    default:
      FAIL() << letter;
  }
  settle_container(status, role, true, true);
}

PodStatus settled(const manifest::PodSpec& spec, const std::string& init,
                  const std::string& regular, const PodFacts& facts = {},
                  const PodStatus& previous = {}) {
  PodStatus status = pending_status(spec);
  for (std::size_t i = 0; i < init.size(); ++i) {
    put(status.init_container_statuses[i], role_of(spec.init_containers[i], true), init[i]);
  }
  for (std::size_t i = 0; i < regular.size(); ++i) {
    put(status.container_statuses[i], ContainerRole::kRegular, regular[i]);
  }
  settle(status, spec, facts, previous, kNow);
  return status;
}

Condition condition(const PodStatus& status, const std::string& type) {
  for (const Condition& c : status.conditions) {
    if (c.type == type) return c;
  }
  ADD_FAILURE() << "no condition " << type;
  return {};
}

TEST(PodPhase, FollowsFromTheContainers) {
  struct Row {
    const char* states;
    const char *always, *on_failure, *never, *deleting;
  };
  const Row rows[] = {
      {"w", "Pending", "Pending", "Pending", "Pending"},
      {"r", "Running", "Running", "Running", "Running"},
      {"c", "Running", "Succeeded", "Succeeded", "Succeeded"},
      {"e", "Running", "Running", "Failed", "Failed"},
      {"b", "Running", "Running", "Failed", "Failed"},
      {"rw", "Pending", "Pending", "Pending", "Pending"},
      {"rc", "Running", "Running", "Running", "Running"},
      {"re", "Running", "Running", "Running", "Running"},
      {"rb", "Running", "Running", "Running", "Running"},
      {"cc", "Running", "Succeeded", "Succeeded", "Succeeded"},
      {"ce", "Running", "Running", "Failed", "Failed"},
      {"wb", "Pending", "Pending", "Pending", "Pending"},
  };
  for (const Row& row : rows) {
    const std::vector<std::string> names = std::string(row.states).size() == 1
                                               ? std::vector<std::string>{"a"}
                                               : std::vector<std::string>{"a", "b"};
    const auto phase = [&](RestartPolicy policy, bool deleting) {
      PodFacts facts;
      facts.deleting = deleting;
      return settled(spec_of(names, policy), "", row.states, facts).phase;
    };
    EXPECT_EQ(phase(RestartPolicy::kAlways, false), row.always) << row.states;
    EXPECT_EQ(phase(RestartPolicy::kOnFailure, false), row.on_failure) << row.states;
    EXPECT_EQ(phase(RestartPolicy::kNever, false), row.never) << row.states;
    EXPECT_EQ(phase(RestartPolicy::kAlways, true), row.deleting) << row.states;
  }
}

TEST(PodPhase, IsPendingWhileInitContainersRunAndFailedWhereTheyMayNotRestart) {
  for (const RestartPolicy policy :
       {RestartPolicy::kAlways, RestartPolicy::kOnFailure, RestartPolicy::kNever}) {
    manifest::PodSpec spec = spec_of({"a"}, policy);
    spec.init_containers.resize(2);
    spec.init_containers[0].name = "one";
    spec.init_containers[1].name = "two";
    EXPECT_EQ(settled(spec, "ww", "w").phase, "Pending");
    EXPECT_EQ(settled(spec, "rw", "w").phase, "Pending");
    EXPECT_EQ(settled(spec, "cr", "w").phase, "Pending");
    EXPECT_EQ(settled(spec, "cc", "w").phase, "Pending");
    EXPECT_EQ(settled(spec, "cc", "r").phase, "Running");
    const std::string failed = policy == RestartPolicy::kNever ? "Failed" : "Pending";
    EXPECT_EQ(settled(spec, "ew", "w").phase, failed);
    EXPECT_EQ(settled(spec, "bw", "w").phase, failed);
  }
}

TEST(PodPhase, SidecarsCountOnlyUntilThePodHasRun) {
  manifest::PodSpec spec = spec_of({"a"}, RestartPolicy::kNever);
  spec.init_containers.emplace_back().name = "proxy";
  spec.init_containers.back().restart_policy = "Always";
  EXPECT_EQ(settled(spec, "w", "w").phase, "Pending");
  EXPECT_EQ(settled(spec, "r", "w").phase, "Pending");
  EXPECT_EQ(settled(spec, "r", "r").phase, "Running");
  EXPECT_EQ(settled(spec, "b", "r").phase, "Running") << "it restarts";
  EXPECT_EQ(settled(spec, "r", "c").phase, "Running") << "not over before it has stopped";
  EXPECT_EQ(settled(spec, "c", "c").phase, "Succeeded");
  EXPECT_EQ(settled(spec, "e", "c").phase, "Succeeded") << "its exit code does not matter";
}

TEST(PodPhase, FinalOnesStay) {
  const auto spec = spec_of({"a"}, RestartPolicy::kNever);
  const PodStatus done = settled(spec, "", "e");
  EXPECT_EQ(done.phase, "Failed");
  EXPECT_EQ(settled(spec, "", "w", {}, done).phase, "Failed");
}

TEST(PodPhase, DeadlineExceededFailsThePodAndItsReasonStays) {
  const auto spec = spec_of({"a"});
  PodFacts facts;
  facts.deadline_exceeded = true;
  const PodStatus over = settled(spec, "", "r", facts);
  EXPECT_EQ(over.phase, "Failed");
  EXPECT_EQ(over.reason, "DeadlineExceeded");
  EXPECT_EQ(over.message, "Pod was active on the node longer than the specified deadline");
  const PodStatus later = settled(spec, "", "e", facts, over);
  EXPECT_EQ(later.phase, "Failed");
  EXPECT_EQ(later.reason, "DeadlineExceeded");
}

TEST(PodConditions, OfAHealthyPodInKubeletsOrder) {
  PodFacts facts;
  facts.sandbox_ready = true;
  const PodStatus status = settled(spec_of({"a"}), "", "r", facts);
  std::vector<std::string> lines;
  for (const Condition& c : status.conditions) lines.push_back(c.type + " " + c.status + c.reason);
  EXPECT_EQ(lines,
            (std::vector<std::string>{"PodReadyToStartContainers True", "Initialized True",
                                      "Ready True", "ContainersReady True", "PodScheduled True"}));
}

TEST(PodConditions, NameTheContainersThatAreNotReady) {
  const PodStatus status = settled(spec_of({"a", "b", "c"}), "", "wre");
  for (const char* type : {"Ready", "ContainersReady"}) {
    EXPECT_EQ(condition(status, type).status, "False");
    EXPECT_EQ(condition(status, type).reason, "ContainersNotReady");
    EXPECT_EQ(condition(status, type).message, "containers with unready status: [a c]");
  }
  EXPECT_EQ(condition(status, "PodReadyToStartContainers").status, "False");
}

TEST(PodConditions, NameTheContainersOfWhichNothingIsKnown) {
  const auto spec = spec_of({"a", "b"});
  PodStatus status;
  settle(status, spec, {}, {}, kNow);
  EXPECT_EQ(status.phase, "Pending");
  EXPECT_EQ(condition(status, "Ready").reason, "UnknownContainerStatuses");
  status = pending_status(spec);
  status.container_statuses.pop_back();
  settle(status, spec, {}, {}, kNow);
  EXPECT_EQ(condition(status, "Ready").message,
            "containers with unknown status: [b], containers with unready status: [a]");
}

TEST(PodConditions, InitializedOnceInitContainersAreDoneAndSidecarsHaveStarted) {
  manifest::PodSpec spec = spec_of({"a"});
  spec.init_containers.resize(2);
  spec.init_containers[0].name = "migrate";
  spec.init_containers[1].name = "proxy";
  spec.init_containers[1].restart_policy = "Always";
  const auto row = [&](const char* init, const char* regular) {
    const Condition c = condition(settled(spec, init, regular), "Initialized");
    return c.status + "|" + c.reason + "|" + c.message;
  };
  EXPECT_EQ(row("rw", "w"),
            "False|ContainersNotInitialized|containers with incomplete status: [migrate proxy]");
  EXPECT_EQ(row("cw", "w"),
            "False|ContainersNotInitialized|containers with incomplete status: [proxy]");
  EXPECT_EQ(row("cr", "w"), "True||");
  EXPECT_EQ(row("cb", "r"), "True||") << "the pod has run";
  EXPECT_EQ(condition(settled(spec, "cb", "r"), "Ready").message,
            "containers with unready status: [proxy]");
}

TEST(PodConditions, OfAPodThatIsOver) {
  const PodStatus well = settled(spec_of({"a"}, RestartPolicy::kNever), "", "c");
  EXPECT_EQ(condition(well, "Initialized").status, "True");
  EXPECT_EQ(condition(well, "Initialized").reason, "PodCompleted");
  EXPECT_EQ(condition(well, "Ready").status, "False");
  EXPECT_EQ(condition(well, "Ready").reason, "PodCompleted");
  const PodStatus badly = settled(spec_of({"a"}, RestartPolicy::kNever), "", "e");
  EXPECT_EQ(condition(badly, "ContainersReady").reason, "PodFailed");
}

TEST(PodConditions, KeepTheTimeOfTheirLastChange) {
  const auto spec = spec_of({"a"});
  const PodStatus before = settled(spec, "", "w");
  PodStatus after = before;
  put(after.container_statuses[0], ContainerRole::kRegular, 'r');
  settle(after, spec, {}, before, kNow + Seconds(5));
  EXPECT_EQ(condition(after, "Ready").last_transition, kNow + Seconds(5));
  EXPECT_EQ(condition(after, "Initialized").last_transition, kNow);
}

TEST(ContainerReady, FollowsFromStateAndProbes) {
  ContainerStatus status;
  status.state = Running{kNow};
  settle_container(status, ContainerRole::kRegular, false, true);
  EXPECT_FALSE(status.started || status.ready) << "the startup probe has not passed";
  settle_container(status, ContainerRole::kRegular, true, false);
  EXPECT_TRUE(status.started && !status.ready) << "readiness begins as not ready";
  settle_container(status, ContainerRole::kSidecar, true, true);
  EXPECT_TRUE(status.started && status.ready);
  status.state = ended(0);
  settle_container(status, ContainerRole::kRegular, true, true);
  EXPECT_FALSE(status.started || status.ready);
  settle_container(status, ContainerRole::kInit, true, true);
  EXPECT_TRUE(status.ready) << "an init container is ready when it has completed";
}

TEST(PendingStatus, WaitsForCreationOrForInitialization) {
  manifest::PodSpec spec = spec_of({"a"});
  EXPECT_EQ(std::get<Waiting>(pending_status(spec).container_statuses[0].state).reason,
            "ContainerCreating");
  EXPECT_EQ(pending_status(spec).container_statuses[0].image, "image-a");
  spec.init_containers.emplace_back().name = "one";
  const PodStatus status = pending_status(spec);
  EXPECT_EQ(std::get<Waiting>(status.container_statuses[0].state).reason, "PodInitializing");
  EXPECT_EQ(std::get<Waiting>(status.init_container_statuses[0].state).reason, "PodInitializing");
}

PodStatus rich_status() {
  const auto spec = spec_of({"kubia"});
  PodFacts facts;
  facts.sandbox_ready = true;
  PodStatus status = pending_status(spec);
  ContainerStatus& container = status.container_statuses[0];
  container.container_id = "podrun://0123abcd";
  container.image_id = "sha256:ff";
  container.restart_count = 1;
  container.state = Running{kNow};
  container.last_state = ended(137);
  container.last_state->signal = 9;
  container.last_state->started_at = kNow - Seconds(100);
  container.last_state->finished_at = kNow - Seconds(1);
  container.last_state->container_id = "podrun://fedc";
  container.last_state->message = "last words \xff";
  settle_container(container, ContainerRole::kRegular, true, true);
  status.host_ip = "192.0.2.1";
  status.start_time = kNow - Seconds(101);
  status.qos_class = "Burstable";
  settle(status, spec, facts, {}, kNow);
  status.conditions.resize(1);
  return status;
}

TEST(StatusJson, IsACoreV1PodStatusInKubectlsOrder) {
  EXPECT_EQ(to_json(rich_status()).dump(2), R"({
  "conditions": [
    {
      "lastProbeTime": null,
      "lastTransitionTime": "2025-11-23T10:00:00Z",
      "status": "True",
      "type": "PodReadyToStartContainers"
    }
  ],
  "containerStatuses": [
    {
      "containerID": "podrun://0123abcd",
      "image": "image-kubia",
      "imageID": "sha256:ff",
      "lastState": {
        "terminated": {
          "containerID": "podrun://fedc",
          "exitCode": 137,
          "finishedAt": "2025-11-23T09:59:59Z",
          "message": "last words )"
                                            "\xef\xbf\xbd"
                                            R"(",
          "reason": "Error",
          "signal": 9,
          "startedAt": "2025-11-23T09:58:20Z"
        }
      },
      "name": "kubia",
      "ready": true,
      "restartCount": 1,
      "started": true,
      "state": {
        "running": {
          "startedAt": "2025-11-23T10:00:00Z"
        }
      }
    }
  ],
  "hostIP": "192.0.2.1",
  "hostIPs": [
    {
      "ip": "192.0.2.1"
    }
  ],
  "phase": "Running",
  "qosClass": "Burstable",
  "startTime": "2025-11-23T09:58:19Z"
})");
}

TEST(StatusJson, ReadsBack) {
  const auto json = to_json(rich_status());
  EXPECT_EQ(to_json(pod_status_from_json(json)), json);
  manifest::PodSpec spec = spec_of({"a", "b"}, RestartPolicy::kNever);
  spec.init_containers.emplace_back().name = "one";
  for (const char* states : {"ww", "ce", "rb"}) {
    PodStatus status = settled(spec, "c", states);
    status.pod_ip = "10.88.0.5";
    status.reason = "Why";
    status.message = "because";
    EXPECT_EQ(to_json(pod_status_from_json(to_json(status))), to_json(status)) << states;
  }
}

TEST(StatusJson, RefusesWhatIsNoStatus) {
  using Json = nlohmann::ordered_json;
  for (const char* text :
       {"[]", "1", "null", R"({"phase": 1})", R"({"containerStatuses": [{}]})",
        R"({"startTime": "yesterday"})", R"({"conditions": {}, "containerStatuses": 3})"}) {
    EXPECT_THROW(pod_status_from_json(Json::parse(text)), BadInput) << text;
  }
}

}  // namespace
}  // namespace podrun::pod
