#include "linenoise.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void){ linenoiseHistorySetMaxLen(3); linenoiseHistoryAdd("a"); linenoiseHistoryAdd("b"); linenoiseHistoryAdd("b"); linenoiseHistoryAdd("c"); linenoiseHistoryAdd("d"); char p[]=P_tmpdir "/nlib-linenoise-XXXXXX"; close(mkstemp(p)); linenoiseHistorySave(p); FILE*f=fopen(p,"r"); char b[64]; size_t n=fread(b,1,63,f); b[n]=0; for(size_t i=0;i<n;i++) if(b[i]=='\n') b[i]=','; fclose(f); remove(p); puts(b); return 0; }
