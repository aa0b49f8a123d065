// get, list and watch.
#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "supervisor/api/call.h"
#include "supervisor/api/list_options.h"
#include "supervisor/api/table.h"
#include "supervisor/api/watch.h"

namespace podrun::api {
namespace {

using store::Json;
using store::Object;

std::string api_version(const RequestInfo& info) {
  return info.group.empty() ? info.version : info.group + "/" + info.version;
}

/// Where a list goes on: after this key (pkg/storage/continue.go keeps the revision, too).
struct Continue {
  std::int64_t revision = 0;                  // that the list began at; -1: whatever there is
  std::pair<std::string, std::string> after;  // namespace and name, as the store orders
};

std::string encode(const Continue& token) {
  // Opaque to clients; letters of a URL need no escapes.
  const std::string text =
      std::to_string(token.revision) + "/" + token.after.first + "/" + token.after.second;
  std::string hex;
  for (const unsigned char byte : text) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

Continue decode_continue(std::string_view hex) {
  std::string text;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    if (error != std::errc() || end != hex.data() + i + 2) break;
    text += static_cast<char>(byte);
  }
  Continue token;
  const auto slash = text.find('/');
  const auto result = std::from_chars(text.data(), text.data() + text.size(), token.revision);
  if (text.size() * 2 != hex.size() || slash == std::string::npos || result.ec != std::errc()) {
    throw bad_request("continue key is not valid");
  }
  const auto name = text.find('/', slash + 1);
  if (name == std::string::npos) throw bad_request("continue key is not valid");
  token.after = {text.substr(slash + 1, name - slash - 1), text.substr(name + 1)};
  return token;
}

/// Throws ApiError 410, with a token to go on with all the same, where the list began before what
/// the history still tells (apiserver/pkg/storage/etcd3, handleCompactedErrorForPaging).
void check_continue(const store::Store& store, const std::string& resource,
                    std::string_view token) {
  if (token.empty()) return;
  Continue from = decode_continue(token);
  if (from.revision < 0 || store.changes_since(resource, from.revision)) return;
  from.revision = -1;
  throw expired(
      "The provided continue parameter is too old to display a consistent list result. You can "
      "start a new list without the continue parameter, or use the continue token in this response "
      "to retrieve the remainder of the results. Continuing with the provided token results in an "
      "inconsistent list - objects that were created, modified, or deleted between the time the "
      "first chunk was returned and now may show up in the list.")
      .continue_at(encode(from));
}

std::pair<std::string, std::string> place(const Object& object) {
  return {object.key.namespace_, object.key.name};
}

struct Page {
  std::vector<Object> items;
  std::string next;
  std::optional<std::size_t> remaining;  // unknown where there are selectors
};

Page cut(std::vector<Object> all, const Request& request, std::int64_t revision) {
  Page page;
  const std::string_view token = request.parameter("continue");
  if (!token.empty()) {
    const Continue from = decode_continue(token);
    std::erase_if(all, [&](const Object& object) { return place(object) <= from.after; });
  }
  const std::int64_t given =
      request.parameter("limit").empty() ? 0 : integer_parameter(request, "limit");
  const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(given, 0));
  if (limit > 0 && all.size() > limit) {
    if (request.parameter("labelSelector").empty() && request.parameter("fieldSelector").empty()) {
      page.remaining = all.size() - limit;
    }
    all.resize(limit);
    page.next = encode({revision, place(all.back())});
  }
  page.items = std::move(all);
  return page;
}

Json list_meta(const Page& page, std::int64_t revision) {
  Json meta{{"resourceVersion", std::to_string(revision)}};
  if (!page.next.empty()) {
    meta["continue"] = page.next;
    if (page.remaining) meta["remainingItemCount"] = *page.remaining;
  }
  return meta;
}

TableOptions table_options(const Request& request, const Output& output) {
  TableOptions options;
  options.version = output.meta_version;
  options.include = include_object(request.parameter("includeObject"));
  return options;
}

/// With a comma each.
std::size_t texts_size(const std::vector<Object>& objects) {
  std::size_t size = 0;
  for (const Object& object : objects) size += (object.text ? object.text->size() : 0) + 1;
  return size;
}

/// apiserver/pkg/storage/cacher: about one a minute.
constexpr std::chrono::seconds kBookmarkEvery{60};

/// timeoutSeconds, up to a day; zero where there is none.
std::chrono::seconds stream_time(const Request& request) {
  if (request.parameter("timeoutSeconds").empty()) return {};
  constexpr std::int64_t kDay = 86'400;
  return std::chrono::seconds(
      std::clamp<std::int64_t>(integer_parameter(request, "timeoutSeconds"), 0, kDay));
}

}  // namespace

bool ApiServer::is_text_as_stored(const Call& call, const Object& object) {
  return call.is_stored_version() && call.output.form == OutputForm::kObject &&
         object.text != nullptr;
}

std::string ApiServer::render(const Call& call, const Object& object) const {
  if (is_text_as_stored(call, object)) return *object.text;
  const Json json =
      call.is_stored_version() ? *object.json : manifest::convert(*object.json, call.kind());
  switch (call.output.form) {
    case OutputForm::kTable:
      return table_text(call.storage(), {&json},
                        {{"resourceVersion", std::to_string(object.revision)}},
                        table_options(call.request, call.output), clock_.wall());
    case OutputForm::kPartialObject:
      return partial_metadata_text(json, call.output.meta_version);
    case OutputForm::kObject:
      break;
  }
  return json.dump();
}

Response ApiServer::get(Call& call) {
  Response response;
  response.body = render(call, registry_.require(call.type, call.key()));
  return response;
}

Response ApiServer::list(Call& call) {
  check_list_revision(call.request, store_.revision());
  check_continue(store_, call.storage(), call.request.parameter("continue"));
  const auto wanted = call.filter();
  std::vector<Object> all =
      store_.list(call.storage(), call.type.namespaced ? call.info.namespace_ : "");
  // What is listed whole needs no tree of its objects.
  if (!call.wants_all()) {
    std::erase_if(all, [&](const Object& object) { return !wanted(*object.json); });
  }
  const std::int64_t revision = store_.revision();
  const Page page = cut(std::move(all), call.request, revision);
  Response response;
  if (call.output.form == OutputForm::kTable) {
    std::vector<const Json*> rows;
    for (const Object& object : page.items) rows.push_back(object.json.get());
    response.body = table_text(call.storage(), rows, list_meta(page, revision),
                               table_options(call.request, call.output), clock_.wall());
    return response;
  }
  const bool partial_form = call.output.form == OutputForm::kPartialObject;
  const std::string kind =
      partial_form ? "PartialObjectMetadataList" : std::string(call.type.kind) + "List";
  const std::string version =
      partial_form ? "meta.k8s.io/" + call.output.meta_version : api_version(call.info);
  // Objects have their text already: joined, not built again.
  std::string body = R"({"kind":")" + kind + R"(","apiVersion":")" + version + R"(","metadata":)" +
                     list_meta(page, revision).dump() + R"(,"items":[)";
  body.reserve(body.size() + texts_size(page.items));
  for (std::size_t i = 0; i < page.items.size(); ++i) {
    if (i > 0) body += ',';
    if (is_text_as_stored(call, page.items[i])) {
      body += *page.items[i].text;
    } else {
      body += render(call, page.items[i]);
    }
  }
  response.body = std::move(body) + "]}";
  return response;
}

Response ApiServer::watch(Call& call) {
  WatchOptions options;
  options.resource = call.storage();
  options.namespace_ = call.type.namespaced ? call.info.namespace_ : "";
  options.matches = call.filter();
  const auto request = std::make_shared<const Request>(call.request);  // outlives this call
  options.render = [this, request, info = call.info, type = &call.type,
                    output = call.output](const Object& object) {
    return render(Call{*request, info, *type, output}, object);
  };
  const bool initial = call.request.parameter("sendInitialEvents") == "true";
  const std::int64_t revision = call.revision();
  if (revision > 0 && !initial) options.since = revision;
  options.bookmarks = call.request.parameter("allowWatchBookmarks") == "true";
  options.initial_bookmark = initial && options.bookmarks;
  options.bookmark_type =
      Json{{"kind", call.type.kind}, {"apiVersion", api_version(call.info)}}.dump();
  check_watch(store_, options);
  Response response;
  response.stream_time = stream_time(call.request);
  if (options.bookmarks) response.stream_tick = kBookmarkEvery;
  response.stream = [this, options = std::move(options)](std::shared_ptr<StreamSink> sink) {
    return start_watch(store_, options, std::move(sink));
  };
  return response;
}

}  // namespace podrun::api
