#include "cli/run.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <set>

#include "base/clock.h"
#include "base/files.h"
#include "base/go_duration.h"
#include "base/uuid.h"
#include "cli/foreground.h"
#include "cli/roots.h"
#include "cli/verdict.h"
#include "supervisor/manifest/load.h"

namespace podrun::cli {
namespace {

std::vector<manifest::Pod> load_pods(const Arguments& arguments) {
  std::vector<std::string> sources = arguments.values("filename");
  sources.insert(sources.end(), arguments.operands.begin(), arguments.operands.end());
  if (sources.empty()) {
    throw UsageError("\"podrun run\" needs FILE...", "see \"podrun run --help\"");
  }
  const manifest::LoadOptions options{.strict = arguments.has("strict")};
  manifest::Loaded loaded = manifest::load(sources, options);
  for (const auto& warning : loaded.warnings) {
    std::fprintf(stderr, "warning: %s\n", warning.to_string().c_str());
  }
  for (const auto& error : loaded.errors) {
    std::fprintf(stderr, "error: %s\n", error.to_string().c_str());
  }
  if (!loaded.errors.empty()) {
    const std::size_t count = loaded.errors.size();
    throw BadInput(std::to_string(count) + (count == 1 ? " error" : " errors") +
                   " in the manifests, nothing was started");
  }
  if (loaded.pods.empty()) throw BadInput("no pod in the manifests");
  return std::move(loaded.pods);
}

/// What an API server and a scheduler give a pod: uid, creation time, node. The first that has no
/// uid gets `first_uid`.
void admit(std::vector<manifest::Pod>& pods, WallTime now, const std::string& first_uid) {
  utsname machine{};
  ::uname(&machine);
  std::set<std::string> names, uids;
  for (manifest::Pod& pod : pods) {
    manifest::ObjectMeta& meta = pod.metadata;
    if (meta.uid.empty()) meta.uid = uids.contains(first_uid) ? make_uuid() : first_uid;
    if (meta.creation_timestamp.empty()) meta.creation_timestamp = rfc3339(now);
    if (pod.spec.node_name.empty()) pod.spec.node_name = machine.nodename;
    if (!names.insert(meta.namespace_ + "/" + meta.name).second || !uids.insert(meta.uid).second) {
      throw BadInput("pods \"" + meta.name + "\" already exists: the manifests have it twice");
    }
  }
}

std::unique_ptr<Renderer> make_renderer(const Arguments& arguments,
                                        const std::vector<manifest::Pod>& pods) {
  if (arguments.value("output") == "json") return make_json_renderer();
  std::size_t containers = 0;
  for (const auto& pod : pods) {
    containers += pod.spec.containers.size() + pod.spec.init_containers.size();
  }
  TextForm form;
  form.color = look_of(STDOUT_FILENO, arguments.has("no-color")).color;
  form.quiet = arguments.has("quiet");
  form.several_pods = pods.size() > 1;
  form.name_containers = !form.quiet || containers > 1;
  return make_text_renderer(form);
}

void clean_up_before(const pod::Roots& roots) {
  for (const pod::CleanedPod& pod : pod::clean_up_dead_pods(roots)) {
    const std::string name = pod.name.empty() ? pod.uid : pod.namespace_ + "/" + pod.name;
    std::fprintf(stderr, "podrun: cleaned up pod %s, whose supervisor had died%s\n", name.c_str(),
                 pod.was_running ? ": its containers were killed" : "");
    for (const std::string& problem : pod.problems) {
      std::fprintf(stderr, "podrun: clean up pod %s: %s\n", name.c_str(), problem.c_str());
    }
  }
}

}  // namespace

int run_pods(const Arguments& arguments) {
  const SystemClock clock;
  const Wishes wishes = wishes_of(arguments);
  Foreground::Options options;
  options.roots = roots_of(arguments);
  EarlyPod early(
      {find_program("podrun-pod"), options.roots, make_uuid(), arguments.has("allow-no-limits")});
  std::vector<manifest::Pod> pods = load_pods(arguments);
  admit(pods, clock.wall(), early.uid());

  if (arguments.has("for")) options.duration = parse_duration(arguments.value("for"));
  options.keep_logs = arguments.has("keep-logs");
  clean_up_before(options.roots);

  const std::unique_ptr<Renderer> renderer = make_renderer(arguments, pods);
  Output output(STDOUT_FILENO);
  Foreground foreground(options, *renderer, output, clock);
  const WallTime started = clock.wall();
  const Moment begin = clock.now();
  foreground.start(pods, early);
  foreground.wait();
  const int code = exit_code(foreground.outcomes());
  const Verdict verdict = judge(wishes, foreground.reports(), started, clock.now() - begin);
  for (const std::string& line : verdict.lines) std::fprintf(stderr, "%s\n", line.c_str());
  return verdict.holds ? code : 3;
}

}  // namespace podrun::cli
