// The figures that the daemon's speed is held to, measured through its unix socket.
//
//   daemon_bench STAMP [ROUNDS [WHAT...]]
//     STAMP  the program of stamp.c
//     WHAT   replicas hundred job start requests watchers lists; all unless given;
//            cronjobs, five minutes, only where it is given
// Prints a table; fails only where it cannot measure.
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

#include "tests/bench/daemon_rows.h"

namespace {

using namespace podrun::bench;

void measure(const std::string& stamp, int rounds, const std::set<std::string>& what) {
  Bench bench(stamp);
  DaemonBox box(bench);
  const auto wanted = [&](const char* name) { return what.empty() || what.contains(name); };
  box.start();            // makes certificates and the database
  if (wanted("start")) {  // before the rest fills the history
    box.stop();
    print("start, few objects", measure_daemon_starts(box, "few objects", 50, rounds));
    box.start();
  }
  if (wanted("replicas")) print("pods of a controller", measure_replicas(box, rounds));
  if (wanted("hundred")) print("a hundred pods", measure_hundred(box, std::max(rounds / 10, 1)));
  if (wanted("job")) print("a job", measure_job(box, std::max(rounds / 10, 1)));
  if (wanted("requests")) print("requests", measure_requests(box));
  if (wanted("watchers")) print("watches", measure_watchers(box, rounds));
  if (what.contains("cronjobs")) print("CronJobs", measure_cron_jobs(box));
  if (!wanted("lists")) return;
  print("many objects", measure_lists(box, rounds));
  box.stop();
  print("start, many objects", measure_daemon_starts(box, "10 000 objects", 300, rounds));
  box.start();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr,
                 "usage: daemon_bench STAMP [ROUNDS [replicas|hundred|job|start|requests|"
                 "watchers|lists|cronjobs]...]\n");
    return 2;
  }
  try {
    measure(argv[1], argc > 2 ? std::atoi(argv[2]) : 20,
            {argv + (argc > 3 ? 3 : argc), argv + argc});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "daemon_bench: %s\n", error.what());
    return 1;
  }
}
