#include "supervisor/manifest/admit.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/go_text.h"
#include "base/text.h"
#include "supervisor/manifest/admit_meta.h"
#include "supervisor/manifest/decode.h"
#include "supervisor/manifest/event_versions.h"
#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/text.h"

namespace podrun::manifest {

namespace {

using Json = nlohmann::ordered_json;

/// The body's first bytes (apiserver/pkg/endpoints/handlers/rest.go, summarizeData).
std::string summary(std::string_view body) {
  constexpr std::size_t kShown = 30;
  if (body.empty()) return "<empty>";
  const std::string_view shown = body.substr(0, kShown);
  std::string text;
  if (shown.starts_with('{')) {
    text = shown;
  } else {
    for (const unsigned char byte : shown) {
      text += "0123456789abcdef"[byte >> 4];
      text += "0123456789abcdef"[byte & 15];
    }
  }
  return text + (body.size() > kShown ? " ..." : "");
}

/// YAML is made JSON first: what is wrong with it is told as it is.
std::string not_json(std::string_view problem) {
  constexpr std::string_view kJson = "json: ";
  if (!problem.starts_with(kJson)) return std::string(problem);
  return "couldn't get version/kind; json parse error: " +
         std::string(problem.substr(kJson.size()));
}

/// The one object of a request's body, or what is wrong with it.
std::optional<Node> read_object(const Kind& kind, const std::string& text, std::string& malformed) {
  std::vector<Document> documents = read_documents(text, Repeats::kLastHolds);
  std::string problem;
  if (documents.empty()) {
    problem = not_json("json: unexpected end of JSON input");
  } else if (const auto* error = std::get_if<SyntaxError>(&documents.front())) {
    problem = not_json(error->text);
  } else if (documents.size() > 1) {
    problem = "the body has more than one document";
  } else {
    return std::move(std::get<Node>(documents.front()));
  }
  malformed = "the object provided is unrecognized (must be of type " + std::string(kind.kind) +
              "): " + problem + " (" + summary(text) + ")";
  return {};
}

/// The body may leave apiVersion and kind out; it may not contradict the request.
std::string type_mismatch(const Node& node, const KindRule& rule) {
  const Node* version = node.find("apiVersion");
  const std::string expected = api_version(rule.group, rule.version);
  if (version != nullptr && version->kind == NodeKind::kString && !version->text.empty() &&
      version->text != expected) {
    return "the API version in the data (" + version->text +
           ") does not match the expected API version (" + expected + ")";
  }
  const Node* kind = node.find("kind");
  if (kind != nullptr && kind->kind == NodeKind::kString && !kind->text.empty() &&
      kind->text != rule.kind) {
    return "the kind in the data (" + kind->text + ") does not match the expected kind (" +
           std::string(rule.kind) + ")";
  }
  return "";
}

std::string cannot_be_handled(const KindRule& rule, const std::string& why) {
  const std::string kind(rule.kind);
  return kind + " in version " + go_quote(rule.version) + " cannot be handled as a " + kind + ": " +
         why;
}

std::string not_registered(const Kind& kind) {
  return "no kind " + go_quote(kind.kind) + " is registered for version " +
         go_quote(api_version(kind.group, kind.version));
}

/// The strategies' WarningsOnCreate: a name that pods and their hosts get to have.
void warn_of_name(const KindRule& rule, const Json& object, std::vector<std::string>& warnings) {
  constexpr std::string_view kMakers[] = {"CronJob", "Deployment", "Job", "ReplicaSet",
                                          "ReplicationController"};
  const bool is_pod = rule.kind == "Pod";
  if (!is_pod &&
      std::find(std::begin(kMakers), std::end(kMakers), rule.kind) == std::end(kMakers)) {
    return;
  }
  const std::string name = text_at(object["metadata"], "name");
  const Problems problems = check_dns1123_label(name);
  if (name.empty() || problems.empty()) return;
  warnings.push_back(std::string("metadata.name: this is used in ") +
                     (is_pod ? "the Pod's hostname" : "Pod names and hostnames") +
                     ", which can result in surprising behavior; a DNS label is recommended: [" +
                     joined(problems, " ") + "]");
}

void complete(const KindRule& rule, const Node& node, const Json* old, const Newcomer* newcomer,
              Admission& out) {
  const Path root(node);
  Findings findings;
  out.object = decode_all(root, *rule.type, findings);
  if (!findings.malformed.empty()) {
    out.malformed = cannot_be_handled(rule, findings.malformed);
    return;
  }
  out.strict = std::move(findings.strict);
  out.warnings = std::move(findings.warnings);
  out.object["apiVersion"] = rule.stored_as;
  out.object["kind"] = rule.kind;
  Report report = Report::for_api();
  Intake intake{rule, root, out.object, old, report, newcomer};
  try {
    admit_metadata(intake);
    if (rule.admit != nullptr) rule.admit(intake);
  } catch (const BadInput& error) {
    // A part that the table takes over as it is, and that is no object.
    out.malformed = cannot_be_handled(rule, error.what());
    return;
  } catch (const Json::exception& error) {
    out.malformed = cannot_be_handled(rule, error.what());
    return;
  }
  sort_object(out.object);
  out.errors = report.take_errors();
  if (newcomer != nullptr) warn_of_name(rule, out.object, out.warnings);
  for (const Remark& warning : report.take_warnings()) {
    out.warnings.push_back(warning.path + ": " + warning.text);
  }
}

/// An object that is read, and the rule of its kind.
struct KnownObject {
  const KindRule& rule;
  Node node;
};

/// Nothing where there is none; `malformed` then says why.
std::optional<KnownObject> read_known(const Kind& kind, const std::string& text,
                                      std::string& malformed) {
  const KindRule* rule = find_rule(kind);
  if (rule == nullptr) {
    malformed = not_registered(kind);
    return std::nullopt;
  }
  std::optional<Node> node = read_object(kind, text, malformed);
  if (!node) return std::nullopt;
  return KnownObject{*rule, std::move(*node)};
}

Admission admit_object(const Kind& kind, const std::string& text, const Json* old,
                       const Newcomer* newcomer) {
  Admission out;
  const auto known = read_known(kind, text, out.malformed);
  if (!known) return out;
  out.malformed = type_mismatch(known->node, known->rule);
  if (out.malformed.empty()) complete(known->rule, known->node, old, newcomer, out);
  if (!out.malformed.empty()) out = Admission{.malformed = std::move(out.malformed)};
  return out;
}

}  // namespace

Admission admit(const Kind& kind, const std::string& text, const Newcomer* newcomer) {
  return admit_object(kind, text, nullptr, newcomer);
}

Admission admit_update(const Kind& kind, const std::string& text, const Json& old) {
  return admit_object(kind, text, &old, nullptr);
}

Admission admit_resize(const std::string& text, const Json& old) {
  Admission out;
  const Kind kind{"", "v1", "Pod"};
  const auto known = read_known(kind, text, out.malformed);
  if (!known) return out;
  out.malformed = type_mismatch(known->node, known->rule);
  if (!out.malformed.empty()) return out;
  const Path root(known->node);
  Findings findings;
  const Json sent = decode_all(root, *known->rule.type, findings);
  if (!findings.malformed.empty()) {
    out.malformed = cannot_be_handled(known->rule, findings.malformed);
    return out;
  }
  Report report = Report::for_api();
  const std::string whole = resized_pod(root, sent, old, report).dump();
  out.errors = report.take_errors();
  if (!out.errors.empty()) {
    out.object = old;
    return out;
  }
  KindRule rule = known->rule;
  rule.admit = admit_pod_resize;
  const std::optional<Node> node = read_object(kind, whole, out.malformed);
  if (node) complete(rule, *node, &old, nullptr, out);
  out.strict = std::move(findings.strict);
  out.warnings.clear();  // of fields that were there before
  return out;
}

Fragment read_fragment(const Kind& kind, const std::string& text) {
  Fragment out;
  const auto known = read_known(kind, text, out.malformed);
  if (!known) return out;
  Findings findings;
  decode_all(Path(known->node), *known->rule.type, findings);
  if (!findings.malformed.empty()) {
    out.malformed = cannot_be_handled(known->rule, findings.malformed);
    return out;
  }
  constexpr std::string_view kUnknown = "unknown field \"", kDuplicate = "duplicate field \"";
  for (const std::string& finding : findings.strict) {
    const bool unknown = finding.starts_with(kUnknown);
    const std::size_t from = (unknown ? kUnknown : kDuplicate).size();
    (unknown ? out.unknown : out.duplicate)
        .push_back(finding.substr(from, finding.size() - from - 1));
  }
  out.object = plain_json(known->node, Nulls::kKept);
  sort_object(out.object);
  return out;
}

Json convert(const Json& object, const Kind& to) {
  if (to.kind == "Event" && to.group == "events.k8s.io") return newer_event(object);
  Json out = object;
  out["apiVersion"] = api_version(to.group, to.version);
  return out;
}

bool is_served(const Kind& kind) { return find_rule(kind) != nullptr; }

}  // namespace podrun::manifest
