#include "supervisor/client/manifest_objects.h"

#include "base/error.h"
#include "supervisor/api/json_path.h"
#include "supervisor/manifest/decode.h"
#include "supervisor/manifest/text.h"

namespace podrun::client {
namespace {

std::vector<Json> documents(const std::string& text, const std::string& source) {
  std::vector<Json> all;
  for (const manifest::Document& document : manifest::read_documents(text)) {
    if (const auto* error = std::get_if<manifest::SyntaxError>(&document)) {
      throw BadInput("error parsing " + source + ": line " + std::to_string(error->line) + ": " +
                     error->text);
    }
    all.push_back(manifest::plain_json(std::get<manifest::Node>(document), manifest::Nulls::kKept));
  }
  return all;
}

void add_objects(Json object, const std::string& source, std::vector<Json>& out) {
  std::string missing;
  for (const char* field : {"apiVersion", "kind"}) {
    if (api::text_at(object, field).empty()) {
      missing += (missing.empty() ? "" : ", ") + std::string(field) + " not set";
    }
  }
  if (!missing.empty()) {
    throw BadInput("error validating \"" + source + "\": error validating data: [" + missing + "]");
  }
  const auto items = object.find("items");
  if (!api::text_at(object, "kind").ends_with("List") || items == object.end()) {
    out.push_back(std::move(object));
    return;
  }
  for (Json& item : *items) add_objects(std::move(item), source, out);
}

}  // namespace

std::vector<Json> manifest_objects(const std::string& text, const std::string& source) {
  std::vector<Json> objects;
  for (Json& document : documents(text, source)) {
    add_objects(std::move(document), source, objects);
  }
  return objects;
}

Json read_document(const std::string& text, const std::string& source) {
  std::vector<Json> all = documents(text, source);
  if (all.size() != 1) throw BadInput(source + ": expected one document");
  return std::move(all.front());
}

}  // namespace podrun::client
