// Lets user-mode-linux 6.1 run on a CPU whose register state is larger than it knows (AMX).
//
// It keeps 2696 bytes per process, and since Linux 5.13 the host takes PTRACE_SETREGSET only for
// the whole state: there the guest's first process dies with "ptrace set fp regs failed".
// Preloaded, this widens the buffer. What lies past UML's part (AMX tiles) is zero, its initial
// state: no process uses AMX without asking the kernel for it, and a guest's request never reaches
// the host.
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

enum { kLargest = 1 << 16 };

static _Alignas(64) char whole[kLargest];
static size_t whole_size;

typedef long (*ptrace_function)(int, pid_t, void*, void*);

static long get_xstate(ptrace_function next, pid_t pid, void* note, struct iovec* part) {
  struct iovec io = {whole, sizeof whole};
  const long result = next(PTRACE_GETREGSET, pid, note, &io);
  if (result != 0) return result;
  whole_size = io.iov_len;
  if (part->iov_len > whole_size) part->iov_len = whole_size;
  memcpy(part->iov_base, whole, part->iov_len);
  return 0;
}

static long set_xstate(ptrace_function next, pid_t pid, void* note, struct iovec* part) {
  if (part->iov_len >= whole_size) return next(PTRACE_SETREGSET, pid, note, part);
  memset(whole, 0, whole_size);
  memcpy(whole, part->iov_base, part->iov_len);
  struct iovec io = {whole, whole_size};
  return next(PTRACE_SETREGSET, pid, note, &io);
}

long ptrace(enum __ptrace_request request, ...) {
  static ptrace_function next;
  if (next == NULL) *(void**)&next = dlsym(RTLD_NEXT, "ptrace");
  va_list arguments;
  va_start(arguments, request);
  const pid_t pid = va_arg(arguments, pid_t);
  void* const address = va_arg(arguments, void*);
  void* const data = va_arg(arguments, void*);
  va_end(arguments);
  if (address == (void*)(long)NT_X86_XSTATE) {
    if (request == PTRACE_GETREGSET) return get_xstate(next, pid, address, data);
    if (request == PTRACE_SETREGSET) return set_xstate(next, pid, address, data);
  }
  return next((int)request, pid, address, data);
}
