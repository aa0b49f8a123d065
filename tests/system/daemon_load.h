// Clients that create, label, scale and delete through a daemon that is killed under them, and know
// for each object what it must be: what was acknowledged last, or (where the last answer did not
// come) that or what was asked for.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/http_client.h"

namespace podrun::test {

/// One object of one client: nobody else writes its labels, its replicas or deletes it.
struct LoadedObject {
  enum class Kind {
    kConfigMap,
    kPod,
    kCronJob,
    kDaemonSet,
    kReplicationController,  // from here on: a number of pods is asked for
    kReplicaSet,
    kDeployment,
    kJob,
  };
  /// kGoing: a deletion in grace; it is marked, or gone already.
  enum class Is { kAbsent, kPresent, kGoing };
  struct State {
    Is is = Is::kAbsent;
    int turn = 0;  // its label "turn", new with each write
    int replicas = 0;
  };

  Kind kind = Kind::kConfigMap;
  std::string name;
  std::vector<State> possible{State{}};
  std::string uid;            // once it is known
  std::int64_t revision = 0;  // the newest that was seen

  std::string collection() const;  // path
  /// The fields of status that tell how many pods there are, and how many of them are ready.
  std::vector<std::string> counts() const;
  std::string path() const { return collection() + "/" + name; }
  bool has_replicas() const { return kind >= Kind::kReplicationController; }
};

/// A pod that sleeps, and ends at once when it is told to.
nlohmann::json sleeping_pod_spec();

/// What all clients of a Load share; thread-safe.
struct LoadFigures {
  std::atomic<std::uint64_t> sent = 0;
  std::atomic<std::uint64_t> acknowledged = 0;  // writes
  std::atomic<std::uint64_t> unanswered = 0;    // writes that a kill cut off
  /// The newest resourceVersion that anyone was told of.
  std::atomic<std::int64_t> revision = 0;
  std::atomic<bool> stop = false;

  void saw(std::int64_t revision_seen);
  void problem(const std::string& text);
  std::vector<std::string> problems();

 private:
  std::mutex mutex_;
  std::vector<std::string> problems_;
};

/// One client's objects, in turn. Not thread-safe.
class LoadClient {
 public:
  LoadClient(std::string socket, LoadFigures& figures, int number, std::uint64_t seed);

  /// Until figures.stop.
  void run();
  /// Reads each object and says (as a problem) where it is not what it must be.
  void check_all();
  const std::vector<LoadedObject>& objects() const { return objects_; }

 private:
  std::optional<HttpAnswer> ask(const HttpRequest& request);
  bool settle(LoadedObject& object);
  bool is_possible(LoadedObject& object, const HttpAnswer& answer);
  void act(LoadedObject& object);
  void create(LoadedObject& object);
  void label(LoadedObject& object);
  void scale(LoadedObject& object);
  void remove(LoadedObject& object);
  /// `next`: what the object is once the write is done.
  std::optional<HttpAnswer> write(LoadedObject& object, const HttpRequest& request,
                                  const LoadedObject::State& next);
  int random(int below);

  HttpClient client_;
  LoadFigures& figures_;
  std::mt19937_64 random_;
  std::vector<LoadedObject> objects_;
  int turn_ = 0;
  bool sent_ = false;  // the latest request was
};

/// Clients in threads of their own.
class Load {
 public:
  Load(const std::string& socket, int clients, std::uint64_t seed);
  ~Load() { stop(); }
  void start();
  void stop();
  /// After stop().
  void check_all();
  std::vector<LoadedObject> objects() const;

  LoadFigures figures;

 private:
  std::vector<LoadClient> clients_;
  std::vector<std::thread> threads_;
};

}  // namespace podrun::test
