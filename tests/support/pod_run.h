// `podrun run` under test: its own data, run and log folders, its files read back as a daemon would
// read them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace podrun::test {

/// A program of this build: "<build>/bin/podrun".
std::string built_binary(const std::string& name);
/// A demo image of this build: "<build>/images/<name>.tar".
std::string demo_image(const std::string& name);

/// Starts a command without input, whose stdout and stderr are appended to a file. Throws Error
/// where it cannot.
pid_t spawn_command(const std::vector<std::string>& words, const std::string& output_path);
/// The shell's idea of a status of waitpid(2): the exit code, or 128 + signal.
int shell_code(int status);

/// Runs a command to its end; `output` gets stdout and stderr together. Returns the shell's idea of
/// the exit code.
int run_command(const std::vector<std::string>& words, std::string* output = nullptr);

/// Folders for one or several runs of podrun, with images imported into them. Put it on a tmpfs or
/// ext4: TMPDIR. The run dir may lie elsewhere, below `run_parent`.
class PodHome {
 public:
  explicit PodHome(const std::vector<std::string>& images = {"kubia-unhealthy", "busybox"},
                   const std::string& run_parent = "");
  std::string data() const { return dir_ / "data"; }
  std::string run() const { return run_dir_ ? run_dir_->path() : dir_ / "run"; }
  std::string logs() const { return dir_ / "logs"; }
  const TempDir& dir() const { return dir_; }
  /// The words that point podrun at these folders.
  std::vector<std::string> flags() const;

 private:
  TempDir dir_;
  std::optional<TempDir> run_dir_;
};

/// One `podrun run` in the background.
class PodRun {
 public:
  /// `manifest` is YAML text. `more` are further flags. `launcher`: the words of a program that
  /// becomes podrun, `setpriv …` say.
  PodRun(PodHome& home, const std::string& manifest, const std::vector<std::string>& more = {},
         const std::vector<std::string>& launcher = {});
  ~PodRun();  // kills what still runs
  PodRun(const PodRun&) = delete;
  PodRun& operator=(const PodRun&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// Waits for the end; returns the exit code (128 + signal for a death by signal).
  int wait();
  bool ended();

  /// The pod's folder below run/pods; empty before there is one.
  std::string pod_folder() const;
  nlohmann::json status() const;                                   // null before there is one
  nlohmann::json container_status(const std::string& name) const;  // null before there is one
  nlohmann::json supervisor() const;                               // supervisor.json
  /// Each event once, as it last stood.
  std::vector<nlohmann::json> events() const;
  /// The count of the event with this reason whose message begins so; 0 where there is none.
  int event_count(const std::string& reason, const std::string& message_prefix = "") const;
  /// Texts of a container's log, without times; nothing before the file is there.
  std::vector<std::string> log(const std::string& container, int restart) const;
  std::string output() const;

 private:
  PodHome& home_;
  std::string output_path_;
  pid_t pid_ = -1;
  std::optional<int> code_;
};

}  // namespace podrun::test
