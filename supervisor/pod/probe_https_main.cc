// podrun-probe-https REQUEST: makes one http or https probe. REQUEST is what podrun-pod encodes, or
// "-" to read it from stdin; the encoded result goes to stdout, as run_net_probe writes it.
#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/pod/net_probe.h"
#include "supervisor/pod/probe_tls.h"

namespace podrun::pod {
namespace {

/// What the server says is read as nobody, whoever started this.
void drop_privileges() {
  constexpr unsigned kNobody = 65534;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw_errno("set no_new_privs");
  if (::geteuid() != 0) return;
  if (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
      ::setresuid(kNobody, kNobody, kNobody) != 0)
    throw_errno("become nobody");
}

NetProbeResult probe(const std::string& argument) {
  try {
    const auto request = decode_request(argument == "-" ? read_all(0, 1u << 20) : argument);
    if (!request || request->kind != NetProbeKind::kHttp)
      return {NetProbeResult::kError, "not a request for an http probe"};
    drop_privileges();
    return make_http_probe(*request, connect_with_tls, Deadline::after(request->timeout));
  } catch (const std::exception& error) {
    return {NetProbeResult::kError, error.what()};
  }
}

}  // namespace
}  // namespace podrun::pod

int main(int count, char** words) {
  if (count != 2) {
    constexpr std::string_view kUsage = "usage: podrun-probe-https REQUEST\n";
    podrun::write_all(2, kUsage, "usage");
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  podrun::pod::write_result(1, podrun::pod::probe(words[1]));
  return 0;
}
