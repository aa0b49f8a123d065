#include "store_fault_vfs.h"

#include <sqlite3.h>

#include <stdexcept>

namespace podrun::store {

struct FaultPlan {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  Fault fault = Fault::kIoError;
  int left = 0;  // operations until the fault; 0: none is planned
  bool stays = false;
  bool met = false;

  /// Counts an operation. SQLITE_OK, or what it has to answer.
  int next(int io_error, bool needs_space) {
    if (fault == Fault::kDiskFull && !needs_space) return SQLITE_OK;
    const bool now = left > 0 && --left == 0;
    if (!now && !(met && stays)) return SQLITE_OK;
    met = true;
    return fault == Fault::kDiskFull ? SQLITE_FULL : io_error;
  }
};

namespace {

/// What SQLite takes for the file; the real one follows it.
struct File {
  sqlite3_file base;
  FaultPlan* plan;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

int close_file(sqlite3_file* file) {
  sqlite3_file* real = of(file).real();
  return real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
}
int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  if (const int code = of(file).plan->next(SQLITE_IOERR_READ, false)) return code;
  return of(file).real()->pMethods->xRead(of(file).real(), to, size, at);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  sqlite3_file* real = of(file).real();
  const int code = of(file).plan->next(SQLITE_IOERR_WRITE, true);
  const int written = real->pMethods->xWrite(real, from, code ? size / 2 : size, at);
  return code ? code : written;
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = of(file).plan->next(SQLITE_IOERR_TRUNCATE, false)) return code;
  return of(file).real()->pMethods->xTruncate(of(file).real(), size);
}
int sync_file(sqlite3_file* file, int) {
  return of(file).plan->next(SQLITE_IOERR_FSYNC, true);  // what survives a process needs no more
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (const int code = of(file).plan->next(SQLITE_IOERR_FSTAT, false)) return code;
  return of(file).real()->pMethods->xFileSize(of(file).real(), size);
}
int lock_file(sqlite3_file* file, int level) {
  return of(file).real()->pMethods->xLock(of(file).real(), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return of(file).real()->pMethods->xUnlock(of(file).real(), level);
}
int check_lock(sqlite3_file* file, int* reserved) {
  return of(file).real()->pMethods->xCheckReservedLock(of(file).real(), reserved);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
  return of(file).real()->pMethods->xFileControl(of(file).real(), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return of(file).real()->pMethods->xSectorSize(of(file).real());
}
int characteristics(sqlite3_file* file) {
  return of(file).real()->pMethods->xDeviceCharacteristics(of(file).real());
}

/// Version 1: no shared memory, which an exclusively locked database does without.
constexpr sqlite3_io_methods kMethods = {
    1,         close_file,  read_file,  write_file,   truncate_file, sync_file,       file_size,
    lock_file, unlock_file, check_lock, control_file, sector_size,   characteristics, nullptr,
    nullptr,   nullptr,     nullptr,    nullptr,      nullptr};

FaultPlan& plan_of(sqlite3_vfs* vfs) { return *reinterpret_cast<FaultPlan*>(vfs); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
  FaultPlan& plan = plan_of(vfs);
  file->pMethods = nullptr;
  if (const int code = plan.next(SQLITE_CANTOPEN, false)) return code;
  of(file).plan = &plan;
  const int code = plan.real->xOpen(plan.real, name, of(file).real(), flags, out);
  if (of(file).real()->pMethods) file->pMethods = &kMethods;
  return code;
}
int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  FaultPlan& plan = plan_of(vfs);
  if (const int code = plan.next(SQLITE_IOERR_DELETE, false)) return code;
  return plan.real->xDelete(plan.real, name, sync_folder);
}

}  // namespace

FaultVfs::FaultVfs() : plan_(std::make_unique<FaultPlan>()) {
  plan_->real = sqlite3_vfs_find(nullptr);
  plan_->vfs = *plan_->real;
  plan_->vfs.pNext = nullptr;
  plan_->vfs.zName = "podrun-fault";
  plan_->vfs.szOsFile += static_cast<int>(sizeof(File));
  plan_->vfs.xOpen = open_file;
  plan_->vfs.xDelete = delete_file;
  if (sqlite3_vfs_register(&plan_->vfs, 1) != SQLITE_OK) throw std::runtime_error("no VFS");
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&plan_->vfs);
  sqlite3_vfs_register(plan_->real, 1);
}

void FaultVfs::fail_at(int nth, Fault fault, bool stays) {
  plan_->fault = fault;
  plan_->left = nth;
  plan_->stays = stays;
  plan_->met = false;
}

void FaultVfs::heal() { fail_at(0, Fault::kIoError, false); }

bool FaultVfs::met() const { return plan_->met; }

}  // namespace podrun::store
